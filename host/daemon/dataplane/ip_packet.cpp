// SPDX-License-Identifier: Apache-2.0
#include "ip_packet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>

#include <cstring>

namespace xesp::dataplane {
namespace {

constexpr uint32_t kIpv4 = 4, kIpv6 = 6;

bool is_extension(uint8_t protocol) {
  return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING || protocol == IPPROTO_FRAGMENT ||
         protocol == IPPROTO_DSTOPTS;
}

/// `upper` is the upper layer as far as this packet has it, from its first byte.
void read_ports(std::span<const uint8_t> upper, xesp_flow& flow) {
  if (!xesp_has_ports(flow.protocol) || upper.size() < sizeof(flow.sport) + sizeof(flow.dport)) return;
  std::memcpy(&flow.sport, &upper[0], sizeof(flow.sport));
  std::memcpy(&flow.dport, &upper[2], sizeof(flow.dport));
  flow.shown |= XESP_SHOWS_PORTS;
}

std::optional<IpFields> read_ipv4(std::span<const uint8_t> packet) {
  iphdr ip{};
  if (packet.size() < sizeof(ip)) return std::nullopt;
  std::memcpy(&ip, packet.data(), sizeof(ip));
  IpFields out{.total_length = ntohs(ip.tot_len)};
  if (ip.version != kIpv4 || ip.ihl < 5 || out.total_length < size_t{ip.ihl} * 4 || out.total_length > packet.size())
    return std::nullopt;
  out.flow.src[0] = ip.saddr;
  out.flow.dst[0] = ip.daddr;
  out.flow.family = kIpv4;
  out.flow.protocol = ip.protocol;
  out.flow.shown = XESP_SHOWS_PROTOCOL;
  if ((ip.frag_off & htons(IP_OFFMASK)) == 0)
    read_ports(packet.first(out.total_length).subspan(size_t{ip.ihl} * 4), out.flow);
  return out;
}

/// Walks to the upper layer; false where the steering program drops. `rest` is what follows the IPv6 header.
bool read_chain(std::span<const uint8_t> rest, xesp_flow& flow) {
  for (int i = 0; i < XESP_MAX_EXTENSIONS && is_extension(flow.protocol); ++i) {
    const bool fragment = flow.protocol == IPPROTO_FRAGMENT;
    if (rest.size() < sizeof(ip6_frag)) return false;
    const size_t bytes = fragment ? sizeof(ip6_frag) : (rest[1] + size_t{1}) * 8;
    if (rest.size() < bytes) return false;
    flow.protocol = rest[0];
    ip6_frag header{};
    std::memcpy(&header, rest.data(), sizeof(header));
    if (fragment && (header.ip6f_offlg & IP6F_OFF_MASK)) return true;  // shows no protocol
    rest = rest.subspan(bytes);
  }
  if (is_extension(flow.protocol)) return false;
  flow.shown = XESP_SHOWS_PROTOCOL;
  read_ports(rest, flow);
  return true;
}

std::optional<IpFields> read_ipv6(std::span<const uint8_t> packet) {
  ip6_hdr ip{};
  if (packet.size() < sizeof(ip)) return std::nullopt;
  std::memcpy(&ip, packet.data(), sizeof(ip));
  IpFields out{.total_length = sizeof(ip) + ntohs(ip.ip6_plen)};
  if (out.total_length > packet.size()) return std::nullopt;
  std::memcpy(out.flow.src, &ip.ip6_src, sizeof(out.flow.src));
  std::memcpy(out.flow.dst, &ip.ip6_dst, sizeof(out.flow.dst));
  out.flow.family = kIpv6;
  out.flow.protocol = ip.ip6_nxt;
  if (!read_chain(packet.first(out.total_length).subspan(sizeof(ip)), out.flow)) return std::nullopt;
  return out;
}

bool is_v6(std::span<const uint8_t> packet) {
  return !packet.empty() && packet[0] >> 4 == kIpv6;
}

/// The first `length` bits.
void put_mask(__be32 (&words)[4], unsigned length) {
  for (unsigned i = 0; i < 4; ++i) {
    const unsigned bits = length > 32 * i ? std::min(length - 32 * i, 32u) : 0;
    words[i] = bits == 0 ? 0 : htonl(0xffffffffu << (32 - bits));
  }
}

}  // namespace

IpAddress IpFields::src() const {
  return address_of(flow.family, flow.src);
}

IpAddress IpFields::dst() const {
  return address_of(flow.family, flow.dst);
}

IpFields fields_of(const Traffic& traffic) {
  IpFields out;
  put_address(out.flow.src, traffic.src);
  put_address(out.flow.dst, traffic.dst);
  out.flow.family = static_cast<uint8_t>(family_of(traffic.dst));
  out.flow.protocol = traffic.protocol.value_or(0);
  out.flow.sport = htons(traffic.src_port.value_or(0));
  out.flow.dport = htons(traffic.dst_port.value_or(0));
  if (traffic.protocol) out.flow.shown |= XESP_SHOWS_PROTOCOL;
  if (traffic.src_port && traffic.dst_port) out.flow.shown |= XESP_SHOWS_PORTS;
  return out;
}

Traffic traffic_of(const xesp_flow& flow) {
  Traffic out{address_of(flow.family, flow.src), address_of(flow.family, flow.dst)};
  if (flow.shown & XESP_SHOWS_PROTOCOL) out.protocol = flow.protocol;
  if (flow.shown & XESP_SHOWS_PORTS) {
    out.src_port = ntohs(flow.sport);
    out.dst_port = ntohs(flow.dport);
  }
  return out;
}

std::optional<IpFields> read_ip(std::span<const uint8_t> packet) {
  return is_v6(packet) ? read_ipv6(packet) : read_ipv4(packet);
}

bool decrement_ttl(std::span<uint8_t> packet) {
  if (is_v6(packet)) {
    uint8_t& hop_limit = packet[offsetof(ip6_hdr, ip6_hlim)];
    if (hop_limit <= 1) return false;
    --hop_limit;
    return true;
  }
  iphdr ip{};
  std::memcpy(&ip, packet.data(), sizeof(ip));
  if (ip.ttl <= 1) return false;
  // TTL is the high byte of its 16-bit word, so the word falls by 0x0100: HC' = ~(~HC + ~m + m') = HC + 0x0100, with
  // the carry added at the end.
  const uint32_t sum = ntohs(ip.check) + 0x0100u;
  ip.check = htons(static_cast<uint16_t>(sum + (sum >= 0xffffu)));
  --ip.ttl;
  std::memcpy(packet.data(), &ip, sizeof(ip));
  return true;
}

xesp_spd_entry spd_entry(const Selector& selector, uint8_t action, uint32_t id) {
  xesp_spd_entry e{};
  put_address(e.src, selector.src.address);
  put_mask(e.src_mask, selector.src.length);
  put_address(e.dst, selector.dst.address);
  e.family = static_cast<uint8_t>(family_of(selector.dst.address));
  e.dst_length = selector.dst.length;
  e.protocol = selector.protocol;
  e.sport = htons(selector.src_port);
  e.dport = htons(selector.dst_port);
  e.action = action;
  e.policy = id;
  return e;
}

bool selector_matches(const Selector& selector, const IpFields& packet) {
  const xesp_spd_entry entry = spd_entry(selector, XESP_PROTECT, 0);
  return selector.dst.contains(packet.dst()) && xesp_entry_fits(&entry, &packet.flow);
}

uint32_t family_of(const IpAddress& address) {
  return address.v6 ? kIpv6 : kIpv4;
}

void put_address(__be32 (&words)[4], const IpAddress& address) {
  std::memcpy(words, address.bytes.data(), sizeof(words));
}

IpAddress address_of(uint32_t family, const __be32 (&words)[4]) {
  IpAddress out;
  out.v6 = family == kIpv6;
  std::memcpy(out.bytes.data(), words, sizeof(words));
  return out;
}

}  // namespace xesp::dataplane
