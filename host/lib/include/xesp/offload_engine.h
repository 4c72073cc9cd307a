// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_OFFLOAD_ENGINE_H
#define XESP_OFFLOAD_ENGINE_H

#include <functional>
#include <memory>
#include <string>

#include "xesp/crypto.h"
#include "xesp/engine.h"

namespace xesp {

/// A card as it is seen from above.
struct CardHealth {
  bool present = false;
  std::string reason;   ///< why it is not
  uint64_t losses = 0;  ///< times that it was lost since the start
  uint64_t returns = 0;
};

/// A card and the software engine as one: each SA goes where its SaConfig::offload says, and its handle stays the same
/// when it moves. When the card is lost (an Error(kIo) of any call) the SAs that may go on in software; when it is
/// back, they go to it again.
///
/// Numbers across a move: outbound software starts above every number that the lost card can have given, counting the
/// packets of the batch that did not come back. Inbound everything up to the highest number accepted counts as seen, so
/// a move may cost packets that were overtaken on their way, and lets no packet in twice.
///
/// Thread safety as Engine's; look_after_card() from any one thread. No call throws Error(kIo).
class OffloadEngine : public Engine {
 public:
  /// Called for a card, at the start and while it is lost. @throws Error why there is none
  using MakeCard = std::function<std::unique_ptr<Engine>()>;

  /// Asks the card whether it is there, moves SAs if it has just been lost, and tries to get it back. Call it once a
  /// second. Making a card happens on a thread of its own.
  virtual void look_after_card() = 0;
  virtual CardHealth card_health() const = 0;
  /// The software engine's description, whether it has work or not.
  virtual std::string software() const = 0;
};

/// Opens the card at once; `crypto` is the software engine's. @throws what make_card and make_software_engine() throw
std::unique_ptr<OffloadEngine> make_offload_engine(OffloadEngine::MakeCard make_card, Crypto crypto = Crypto::kOpenssl);

}  // namespace xesp
#endif
