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

/// The same with options: their bytes are a multiple of 4, at most 40.
Bytes ipv4_with_options(const std::string& src, const std::string& dst, uint8_t protocol, const Bytes& options,
                        const Bytes& payload);

/// An extension header of IPv6 without its next header: type, and all of its bytes but the first (8 * k - 1 of them,
/// the first of them its length field).
struct Extension {
  uint8_t type;
  Bytes rest;
};

/// An extension header of 8 * `units` bytes with anything in it.
Extension extension(uint8_t type, size_t units, uint8_t fill = 0);

/// An IPv6 packet with a right payload length.
Bytes ipv6(const std::string& src, const std::string& dst, uint8_t protocol, const Bytes& payload,
           const std::vector<Extension>& extensions = {});

/// Writes a packet's own length into its header, if it has one, and an IPv4 checksum.
void fix_length(Bytes& packet);

/// Rewrites the checksum of the header in front, for tests that change a field.
void fix_checksum(Bytes& packet);

/// Seals a hand-made ESP payload (payload, padding, pad length, next header as given) for an SA: packets that no honest
/// sender makes.
Bytes seal_by_hand(const SaConfig& sa, uint64_t seq, const Bytes& plain);

}  // namespace xesp::test
#endif
