// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_CARD_PORT_H
#define XESP_ENGINE_CARD_PORT_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "xesp/sa.h"
#include "xesp_abi.h"

namespace xesp {

/// What the card's registers say of one compute unit (abi::Reg).
struct CardRegisters {
  uint32_t error = 0;        ///< abi::RunError bits of the last run
  uint32_t run_cycles = 0;   ///< clocks of the last run
  uint64_t busy_cycles = 0;  ///< clocks in runs since reset
  uint64_t cycles = 0;       ///< clocks since reset
  uint32_t packets = 0;      ///< descriptors completed since reset
  uint32_t in_beats = 0;
  uint32_t out_beats = 0;
  std::array<uint32_t, 32> by_reason{};
};

/// A card as the card engine sees it: for each direction four buffers in card memory and a run. Implementations: the
/// card through XRT (host/lib/xrt, the product) and, in tests, the same RTL or the native kernels in this process, so
/// that one engine is tested on all of them.
///
/// Thread safety: the two directions are independent; calls of one direction must not overlap.
class CardPort {
 public:
  virtual ~CardPort() = default;
  virtual std::string description() const = 0;

  /// The host's view of the buffers; valid for the port's life. desc() and completions() have the same size, 1 ..
  /// abi::kMaxBatch. out() and completions() hold what the last run left.
  virtual std::span<abi::Desc> desc(Direction direction) = 0;
  virtual std::span<uint8_t> in(Direction direction) = 0;
  virtual std::span<const uint8_t> out(Direction direction) = 0;
  virtual std::span<const abi::Completion> completions(Direction direction) = 0;

  /// Runs the first `count` descriptors to completion: the first in_bytes of in() go to the card and the first
  /// out_bytes of out() come back. Returns the run's clocks, 0 where there are none.
  /// @throws Error(kIo) when the card is lost: from then on every call throws it.
  virtual uint32_t run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) = 0;
  virtual CardRegisters registers(Direction direction) = 0;
};

}  // namespace xesp
#endif
