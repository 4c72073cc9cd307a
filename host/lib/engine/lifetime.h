// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_LIFETIME_H
#define XESP_ENGINE_LIFETIME_H

#include <algorithm>
#include <cstdint>

#include "xesp/sa.h"
#include "xesp_abi.h"

namespace xesp {

/// abi::CplEvents: the limits that so many packets and bytes have reached.
inline uint8_t limits_reached(const Lifetime& life, uint64_t packets, uint64_t bytes) {
  const bool soft = packets >= life.soft_packets || bytes >= life.soft_bytes;
  const bool hard = packets >= life.hard_packets || bytes >= life.hard_bytes;
  return static_cast<uint8_t>((soft ? abi::kEventSoft : 0) | (hard ? abi::kEventHard : 0));
}

/// What an SA has done, and when that is enough: once a hard limit is reached (as Linux does, so the packet that
/// crosses one in bytes still passes).
struct Done {
  uint64_t packets = 0;
  uint64_t bytes = 0;

  bool expired(const Lifetime& life) const { return packets >= life.hard_packets || bytes >= life.hard_bytes; }

  /// Counts a packet; the limits that it reaches. Each soft one is an event of its own.
  uint8_t count(const Lifetime& life, uint64_t size) {
    const Done before = *this;
    ++packets;
    bytes += size;
    if (packets < std::min(life.soft_packets, life.hard_packets) && bytes < std::min(life.soft_bytes, life.hard_bytes))
      return 0;
    const bool soft = (before.packets < life.soft_packets && packets >= life.soft_packets) ||
                      (before.bytes < life.soft_bytes && bytes >= life.soft_bytes);
    return static_cast<uint8_t>((soft ? abi::kEventSoft : 0) | (expired(life) ? abi::kEventHard : 0));
  }
};

}  // namespace xesp
#endif
