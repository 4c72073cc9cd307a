// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_PACKETS_H
#define XESP_TESTS_SUPPORT_PACKETS_H

#include <cstdint>
#include <string>
#include <vector>

#include "xesp/sa.h"

namespace xesp::test {

using Bytes = std::vector<uint8_t>;

/// "00 11aabb" to bytes; spaces are free.
Bytes hex(const std::string& text);

/// Bytes 0, 1, 2, ... of this length, starting at `first`.
Bytes counting(size_t length, uint8_t first = 0);

/// An IPv4 packet with a right length and checksum.
Bytes ipv4(const std::string& src, const std::string& dst, uint8_t protocol, const Bytes& payload, uint8_t ttl = 64);

/// Rewrites the checksum of the header in front, for tests that change a field.
void fix_checksum(Bytes& packet);

/// Seals a hand-made ESP payload (payload, padding, pad length, next header as given) for an SA: packets that no honest
/// sender makes.
Bytes seal_by_hand(const SaConfig& sa, uint64_t seq, const Bytes& plain);

}  // namespace xesp::test
#endif
