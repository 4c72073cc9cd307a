// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_IP_PACKET_H
#define XESP_DAEMON_DATAPLANE_IP_PACKET_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "xesp/policy.h"
#include "xesp/steering.h"

namespace xesp::dataplane {

struct IpFields {
  xesp_flow flow{};
  size_t total_length = 0;

  IpAddress src() const;
  IpAddress dst() const;
};

IpFields fields_of(const Traffic& traffic);
Traffic traffic_of(const xesp_flow& flow);

/// The fields of an IPv4 or IPv6 packet as the steering program reads them, or nothing where it drops: headers that are
/// not whole, less than the length says, too many extension headers.
std::optional<IpFields> read_ip(std::span<const uint8_t> packet);

/// Bytes of an IPv4 packet's header, options included. `packet` is not empty.
inline size_t ipv4_header_bytes(std::span<const uint8_t> packet) {
  return (packet[0] & size_t{15}) * 4;
}

/// Takes one from the TTL or hop limit and corrects the checksum of an IPv4 header (RFC 1624). False, and no change, if
/// the packet may not be forwarded any more (RFC 1812 5.3.1, RFC 8200 3: 0 or 1). `packet` holds at least a header.
bool decrement_ttl(std::span<uint8_t> packet);

/// A policy as the steering program has it.
xesp_spd_entry spd_entry(const Selector& selector, uint8_t action, uint32_t id);
/// Whether a packet is in a selector, as it would be for a protect policy.
bool selector_matches(const Selector& selector, const IpFields& packet);

/// How the steering program's tables have an address: as on the wire, an IPv4 one in the first word.
uint32_t family_of(const IpAddress& address);
void put_address(__be32 (&words)[4], const IpAddress& address);
IpAddress address_of(uint32_t family, const __be32 (&words)[4]);

}  // namespace xesp::dataplane
#endif
