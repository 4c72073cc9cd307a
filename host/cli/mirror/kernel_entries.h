// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_KERNEL_ENTRIES_H
#define XESP_CLI_MIRROR_KERNEL_ENTRIES_H

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "xesp/policy.h"
#include "xesp/sa.h"

namespace xesp::mirror {

/// What names an SA in the kernel, and in XFRM's messages.
struct SaId {
  IpAddress dst;
  uint8_t proto = 0;  ///< any of IP's, not just ESP and AH
  uint32_t spi = 0;   ///< host byte order
  auto operator<=>(const SaId&) const = default;
  std::string str() const;
};

/// An SA as the kernel has it.
struct KernelSa {
  SaId id;
  bool larval = false;  ///< an SPI that a key exchange has reserved: no SA yet
  /// Without direction and numbers. Of an SA that is refused only what names it: addresses, mode, protocol, reqid.
  SaConfig config;
  std::optional<Direction> told;  ///< the direction, where the kernel knows it (Linux 6.10)
  bool used = false;              ///< the kernel has counted packets of it, or numbers
  std::string refused;            ///< why xespd can't have it; empty if it can
};

/// A policy as the kernel has it.
struct KernelPolicy {
  uint32_t index = 0;     ///< names it in the kernel
  uint32_t priority = 0;  ///< the lowest comes first
  /// Of a socket, or of forwarded packets, which xespd's inbound policies cover: nothing to mirror.
  bool elsewhere = false;
  Policy policy;
  uint32_t spi = 0;  ///< of the one SA that it asks for (strongSwan's outbound policies do); 0: any of its reqid
  std::string refused;
};

/// An SA's place in its sequence, as the kernel keeps it, and what it has counted.
struct KernelReplay {
  SaId id;
  bool wide = false;  ///< struct xfrm_replay_state_esn, else struct xfrm_replay_state
  uint32_t bitmap_words = 0;
  uint32_t window = 0;
  uint64_t sent = 0;      ///< last number
  uint64_t received = 0;  ///< highest number
  uint64_t packets = 0;
};

}  // namespace xesp::mirror
#endif
