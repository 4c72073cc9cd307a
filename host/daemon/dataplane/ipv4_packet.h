// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_IPV4_PACKET_H
#define XESP_DAEMON_DATAPLANE_IPV4_PACKET_H

#include <cstdint>
#include <optional>
#include <span>

#include "xesp/sa.h"

namespace xesp::dataplane {

/// Addresses are as on the wire, the rest is in host order.
struct Ipv4Fields {
  uint32_t src_be = 0;
  uint32_t dst_be = 0;
  uint8_t protocol = 0;
  uint16_t total_length = 0;
};

/// The fields of a packet, or nothing if it holds no whole IPv4 header or less than its total length says.
std::optional<Ipv4Fields> read_ipv4(std::span<const uint8_t> packet);

/// Takes one from the TTL and corrects the header checksum (RFC 1624). False, and no change, if the packet may not be
/// forwarded any more (RFC 1812 5.3.1: TTL 0 or 1). `packet` holds at least a header.
bool decrement_ttl(std::span<uint8_t> packet);

bool prefix_contains(const Prefix& prefix, uint32_t address_be);
bool selector_matches(const Selector& selector, const Ipv4Fields& packet);

/// The mask of an IPv4 prefix length, as on the wire.
uint32_t prefix_mask_be(unsigned length);
uint32_t address_be(const IpAddress& address);

}  // namespace xesp::dataplane
#endif
