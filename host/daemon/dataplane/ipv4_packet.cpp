// SPDX-License-Identifier: Apache-2.0
#include "ipv4_packet.h"

#include <arpa/inet.h>
#include <netinet/ip.h>

#include <cstring>

namespace xesp::dataplane {

std::optional<Ipv4Fields> read_ipv4(std::span<const uint8_t> packet) {
  iphdr ip;
  if (packet.size() < sizeof(ip)) return std::nullopt;
  std::memcpy(&ip, packet.data(), sizeof(ip));
  const uint16_t total = ntohs(ip.tot_len);
  if (ip.version != 4 || ip.ihl < 5 || total < ip.ihl * 4u || total > packet.size()) return std::nullopt;
  return Ipv4Fields{.src_be = ip.saddr, .dst_be = ip.daddr, .protocol = ip.protocol, .total_length = total};
}

bool decrement_ttl(std::span<uint8_t> packet) {
  iphdr ip;
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

uint32_t prefix_mask_be(unsigned length) {
  return length == 0 ? 0 : htonl(0xffffffffu << (32 - length));
}

uint32_t address_be(const IpAddress& address) {
  uint32_t be;
  std::memcpy(&be, address.bytes.data(), sizeof(be));
  return be;
}

bool prefix_contains(const Prefix& prefix, uint32_t address) {
  return ((address ^ address_be(prefix.address)) & prefix_mask_be(prefix.length)) == 0;
}

bool selector_matches(const Selector& selector, const Ipv4Fields& packet) {
  return prefix_contains(selector.src, packet.src_be) && prefix_contains(selector.dst, packet.dst_be) &&
         (selector.protocol == 0 || selector.protocol == packet.protocol);
}

}  // namespace xesp::dataplane
