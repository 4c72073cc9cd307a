// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_FRAGMENTS_H
#define XESP_DAEMON_DATAPLANE_FRAGMENTS_H

#include <cstdint>
#include <span>
#include <vector>

namespace xesp::dataplane {

/// Whether a router may cut the packet: IPv4 without DF. read_ip() took the packet, here and below.
bool may_be_fragmented(std::span<const uint8_t> packet);

/// Bytes of an IP header with all that stands before ESP or AH in transport mode, as the engines put them there.
size_t front_bytes(std::span<const uint8_t> packet);

/// An IPv4 packet as fragments of at most `mtu` bytes each, in their order (RFC 791 3.2): options that are for every
/// fragment are copied, a fragment stays part of its datagram. Empty if that can't be done: a header whose checksum is
/// wrong, or so long that no 8 bytes fit behind it.
std::vector<std::vector<uint8_t>> fragments_of(std::span<const uint8_t> packet, size_t mtu);

/// An IPv6 packet as fragments of at most `mtu` bytes each, named `id` (RFC 8200 4.5). Only for what came in fragments
/// of its sender's: a router may cut no other. Empty if no 8 bytes fit behind the headers.
std::vector<std::vector<uint8_t>> fragments_of_v6(std::span<const uint8_t> packet, size_t mtu, uint32_t id);

}  // namespace xesp::dataplane
#endif
