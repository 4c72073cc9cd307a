// SPDX-License-Identifier: Apache-2.0
#include "fragment_piece.h"

#include <netinet/in.h>

#include <algorithm>

#include "checksum.h"
#include "ip_packet.h"

namespace xesp::dataplane {
namespace {

constexpr uint16_t kMoreFragments = 0x2000, kOffset = 0x1fff;
constexpr uint16_t kMoreV6 = 1, kOffsetV6 = 0xfff8;
constexpr size_t kUnit = 8;
constexpr size_t kIpv6Header = 40, kFragmentHeader = 8;
constexpr size_t kLongest = 65535;

IpAddress address(std::span<const uint8_t> bytes) {
  IpAddress out;
  out.v6 = bytes.size() == out.bytes.size();
  std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  return out;
}

/// Of the upper layer's own header, options not counted; 0 where nobody asks for one.
size_t upper_header_bytes(uint8_t protocol) {
  switch (protocol) {
    case IPPROTO_TCP:
      return 20;
    case IPPROTO_AH:
    case IPPROTO_SCTP:
      return 12;
    case IPPROTO_UDP:
    case IPPROTO_ESP:
    case IPPROTO_ICMP:
      return 8;
    case IPPROTO_ICMPV6:
      return 4;
    default:
      return 0;
  }
}

/// `data` of a first fragment begins with a header of this protocol.
bool holds_headers(std::span<const uint8_t> data, uint8_t protocol) {
  while (protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING || protocol == IPPROTO_DSTOPTS) {
    if (data.size() < kUnit) return false;
    const size_t bytes = (data[1] + size_t{1}) * kUnit;
    if (data.size() < bytes) return false;
    protocol = data[0];
    data = data.subspan(bytes);
  }
  // A fragment of a fragment: no host makes one.
  return protocol != IPPROTO_FRAGMENT && data.size() >= upper_header_bytes(protocol);
}

bool lengths_can_be(const FragmentPiece& p) {
  return p.data_bytes != 0 && (!p.more || p.data_bytes % kUnit == 0) && p.front + p.end() <= kLongest;
}

std::optional<FragmentPiece> read_ipv4(std::span<const uint8_t> packet) {
  const uint16_t word = load_be16(&packet[6]);
  if ((word & (kMoreFragments | kOffset)) == 0) return std::nullopt;
  FragmentPiece p;
  p.src = address(packet.subspan(12, 4));
  p.dst = address(packet.subspan(16, 4));
  p.id = load_be16(&packet[4]);
  p.protocol = packet[9];
  p.offset = (word & kOffset) * kUnit;
  p.more = (word & kMoreFragments) != 0;
  p.front = p.data_at = ipv4_header_bytes(packet);
  p.data_bytes = packet.size() - p.data_at;
  p.sound = lengths_can_be(p) && Checksum().add(packet.first(p.front)).value() == 0 &&
            (!p.first() || holds_headers(packet.subspan(p.data_at), p.protocol));
  return p;
}

std::optional<FragmentPiece> read_ipv6(std::span<const uint8_t> packet) {
  size_t field = 6, at = kIpv6Header;
  while (packet[field] != IPPROTO_FRAGMENT) {
    const uint8_t next = packet[field];
    if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS) return std::nullopt;
    if (packet.size() < at + kUnit) return std::nullopt;
    field = at;
    at += (packet[at + 1] + size_t{1}) * kUnit;
  }
  if (packet.size() < at + kFragmentHeader) return std::nullopt;
  const uint16_t word = load_be16(&packet[at + 2]);
  FragmentPiece p;
  p.src = address(packet.subspan(8, 16));
  p.dst = address(packet.subspan(24, 16));
  p.id = load_be32(&packet[at + 4]);
  p.offset = word & kOffsetV6;
  p.more = (word & kMoreV6) != 0;
  p.front = at;
  p.data_at = at + kFragmentHeader;
  p.next_field = field;
  p.data_bytes = packet.size() - p.data_at;
  p.sound = lengths_can_be(p) && p.front - kIpv6Header + p.end() <= kLongest &&
            (!p.first() || holds_headers(packet.subspan(p.data_at), packet[at]));
  return p;
}

}  // namespace

std::optional<FragmentPiece> read_fragment(std::span<const uint8_t> packet) {
  return packet[0] >> 4 == 4 ? read_ipv4(packet) : read_ipv6(packet);
}

}  // namespace xesp::dataplane
