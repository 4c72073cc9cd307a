// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SOFTWARE_SA_H
#define XESP_ENGINE_SOFTWARE_SA_H

#include <cstdint>
#include <span>

#include "engine/lifetime.h"
#include "esp/replay_window.h"
#include "gcm/aead.h"
#include "xesp/engine.h"

namespace xesp {

/// An SA as the software engine keeps it: how to treat a packet, and the state that packets change.
struct SoftwareSa {
  explicit SoftwareSa(const SaConfig& sa)
      : config(sa.clone()),
        aead(sa.direction == Direction::kOut ? gcm::Aead::Use::kSeal : gcm::Aead::Use::kOpen, sa.key.bytes()),
        seq(sa.seq),
        window(sa.replay_window, sa.seq) {
    config.key = Secret();  // the expanded key in `aead` is enough
  }

  SaConfig config;
  gcm::Aead aead;
  uint64_t seq;              ///< outbound: last number sent
  esp::ReplayWindow window;  ///< inbound
  Done done;
};

/// What one packet came to.
struct SoftwareResult {
  DropReason status;
  uint64_t seq = 0;
  size_t bytes = 0;  ///< written to the output
  uint8_t events = 0;  ///< abi::CplEvents
};

/// Outbound: the checks that need no SA.
DropReason check_outbound(std::span<const uint8_t> packet);
/// Outbound, after check_outbound() and with the SA found. `out` has room for protected_bytes().
SoftwareResult protect(SoftwareSa& sa, std::span<const uint8_t> packet, std::span<uint8_t> out);
/// Length of the ESP packet made from a packet of this length.
size_t protected_bytes(const SaConfig& sa, size_t packet_bytes);

/// Inbound: the checks that need no SA.
DropReason check_inbound(std::span<const uint8_t> packet);
/// Inbound, after check_inbound() and with the SA found. `out` has room for packet.size() bytes; it is scratch, and
/// holds nothing of a packet that is dropped.
SoftwareResult recover(SoftwareSa& sa, std::span<const uint8_t> packet, std::span<uint8_t> out);

}  // namespace xesp
#endif
