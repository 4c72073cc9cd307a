// SPDX-License-Identifier: Apache-2.0
#include "icmp_error.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include <algorithm>
#include <optional>

#include "checksum.h"
#include "ip_packet.h"

namespace xesp::dataplane {
namespace {

constexpr size_t kIpv4Header = 20, kIpv6Header = 40, kIcmpHeader = 8;
constexpr size_t kLongestV4 = 576;   // RFC 1812 4.3.2.3
constexpr size_t kLongestV6 = 1280;  // RFC 4443 2.4 (c)
constexpr uint8_t kTtl = 64;
constexpr uint8_t kInternetworkControl = 0xc0;  // precedence of errors, RFC 1812 4.3.2.5
constexpr uint8_t kFragmentHeader = 44;

bool is_one_host_v4(const uint8_t* address, bool source) {
  const uint8_t first = address[0];
  if (first >= 224) return false;  // multicast, class E, broadcast
  return !source || (first != 0 && first != 127);
}

bool is_icmp_error_v4(std::span<const uint8_t> upper) {
  if (upper.empty()) return true;  // can't be told
  switch (upper[0]) {
    case ICMP_ECHOREPLY:
    case ICMP_ECHO:
    case ICMP_TIMESTAMP:
    case ICMP_TIMESTAMPREPLY:
    case ICMP_INFO_REQUEST:
    case ICMP_INFO_REPLY:
    case ICMP_ADDRESS:
    case ICMP_ADDRESSREPLY:
      return false;
    default:
      return true;
  }
}

bool may_be_told_v4(std::span<const uint8_t> packet) {
  const size_t header = ipv4_header_bytes(packet);
  if ((load_be16(&packet[6]) & 0x1fff) != 0) return false;
  if (!is_one_host_v4(&packet[12], true) || !is_one_host_v4(&packet[16], false)) return false;
  if (Checksum().add(packet.first(header)).value() != 0) return false;
  return packet[9] != IPPROTO_ICMP || !is_icmp_error_v4(packet.subspan(header));
}

// Errors have types below 128; redirects (137) count as them (RFC 4443 2.4 (e)). A chain that does not end in the
// packet may hide one.
bool may_be_told_v6(std::span<const uint8_t> packet) {
  const uint8_t* source = &packet[8];
  if (source[0] == 0xff || std::all_of(source, source + 15, [](uint8_t b) { return b == 0; })) return false;
  if (packet[24] == 0xff)
    return false;  // RFC 4443 2.4 (e.3) lets packet too big be told; groups are no flows of a tunnel
  uint8_t next = packet[6];
  std::span<const uint8_t> rest = packet.subspan(kIpv6Header);
  while (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS || next == kFragmentHeader) {
    if (rest.size() < 8) return false;
    if (next == kFragmentHeader && (load_be16(&rest[2]) & 0xfff8) != 0) return false;
    const size_t bytes = next == kFragmentHeader ? 8 : (rest[1] + size_t{1}) * 8;
    next = rest[0];
    if (rest.size() < bytes) return false;
    rest = rest.subspan(bytes);
  }
  if (next != IPPROTO_ICMPV6) return true;
  return !rest.empty() && (rest[0] & ICMP6_INFOMSG_MASK) != 0 && rest[0] != 137;
}

std::vector<uint8_t> make_v4(IcmpCause cause, std::span<const uint8_t> packet, const IpAddress& source, size_t mtu) {
  const size_t quoted = std::min(packet.size(), kLongestV4 - kIpv4Header - kIcmpHeader);
  std::vector<uint8_t> out(kIpv4Header + kIcmpHeader + quoted);
  out[0] = 0x45;
  out[1] = kInternetworkControl;
  store_be16(&out[2], out.size());
  store_be16(&out[6], 0x4000);  // atomic (RFC 6864): it may keep identification 0
  out[8] = kTtl;
  out[9] = IPPROTO_ICMP;
  std::copy_n(source.bytes.begin(), 4, &out[12]);
  std::copy_n(&packet[12], 4, &out[16]);
  store_be16(&out[10], Checksum().add(std::span(out).first(kIpv4Header)).value());

  uint8_t* const icmp = &out[kIpv4Header];
  icmp[0] = cause == IcmpCause::kTooBig ? ICMP_DEST_UNREACH : ICMP_TIME_EXCEEDED;
  icmp[1] = cause == IcmpCause::kTooBig ? ICMP_FRAG_NEEDED : ICMP_EXC_TTL;
  if (cause == IcmpCause::kTooBig) store_be16(icmp + 6, mtu);
  std::copy_n(packet.begin(), quoted, icmp + kIcmpHeader);
  store_be16(icmp + 2, Checksum().add(std::span(out).subspan(kIpv4Header)).value());
  return out;
}

std::vector<uint8_t> make_v6(IcmpCause cause, std::span<const uint8_t> packet, const IpAddress& source, size_t mtu) {
  const size_t quoted = std::min(packet.size(), kLongestV6 - kIpv6Header - kIcmpHeader);
  const size_t length = kIcmpHeader + quoted;
  std::vector<uint8_t> out(kIpv6Header + length);
  out[0] = 0x60;
  store_be16(&out[4], length);
  out[6] = IPPROTO_ICMPV6;
  out[7] = kTtl;
  std::copy_n(source.bytes.begin(), 16, &out[8]);
  std::copy_n(&packet[8], 16, &out[24]);

  uint8_t* const icmp = &out[kIpv6Header];
  icmp[0] = cause == IcmpCause::kTooBig ? ICMP6_PACKET_TOO_BIG : ICMP6_TIME_EXCEEDED;
  if (cause == IcmpCause::kTooBig) store_be32(icmp + 4, static_cast<uint32_t>(mtu));
  std::copy_n(packet.begin(), quoted, icmp + kIcmpHeader);
  const auto addresses = std::span(out).subspan(8, 32);
  store_be16(icmp + 2, Checksum()
                           .add(addresses)
                           .add(static_cast<uint32_t>(length))
                           .add(IPPROTO_ICMPV6)
                           .add(std::span(out).subspan(kIpv6Header))
                           .value());
  return out;
}

}  // namespace

std::vector<uint8_t> icmp_error(IcmpCause cause, std::span<const uint8_t> packet, const IpAddress& source, size_t mtu) {
  if (packet[0] >> 4 == 6) {
    if (!source.v6 || !may_be_told_v6(packet)) return {};
    return make_v6(cause, packet, source, mtu);
  }
  if (source.v6 || !may_be_told_v4(packet)) return {};
  return make_v4(cause, packet, source, mtu);
}

}  // namespace xesp::dataplane
