// SPDX-License-Identifier: Apache-2.0
#include "wire_tap.h"

#include <net/ethernet.h>
#include <netinet/in.h>

namespace xesp::test {
namespace {

using Seen = WireTap::Seen;

constexpr uint16_t kServiceTag = 0x88a8;
constexpr size_t kAddressBytes = 12;
constexpr size_t kEnough = 80;  // of a packet for kind_of()

bool is_tag(unsigned type) {
  return type == ETHERTYPE_VLAN || type == kServiceTag;
}

/// UDP to port 4500 with an SPI.
bool is_esp(const uint8_t* udp) {
  return (udp[2] << 8 | udp[3]) == 4500 && (udp[8] | udp[9] | udp[10] | udp[11]) != 0;
}

/// What an IP packet tells of itself.
struct Shown {
  uint8_t protocol = 0;
  const uint8_t* upper = nullptr;
  bool fragment = false;
  bool later = false;  ///< a fragment behind the first one: `upper` is anything
  std::vector<uint8_t> datagram = {};
};

/// `ip` has kEnough bytes; IPv4 has no options.
Shown read_ipv4(const uint8_t* ip) {
  const unsigned word = ip[6] << 8 | ip[7];
  Shown out{.protocol = ip[9], .upper = ip + 20, .fragment = (word & 0x3fff) != 0, .later = (word & 0x1fff) != 0};
  out.datagram.assign(ip + 12, ip + 20);
  out.datagram.insert(out.datagram.end(), ip + 4, ip + 6);
  return out;
}

Shown read_ipv6(const uint8_t* ip) {
  Shown out{.protocol = ip[6], .upper = ip + 40};
  if (out.protocol != IPPROTO_FRAGMENT) return out;
  out.protocol = ip[40];
  out.upper = ip + 48;
  out.fragment = true;
  out.later = ((ip[42] << 8 | ip[43]) & 0xfff8) != 0;
  out.datagram.assign(ip + 8, ip + 40);
  out.datagram.insert(out.datagram.end(), ip + 44, ip + 48);
  return out;
}

}  // namespace

/// `ip` has kEnough bytes.
uint64_t Seen::*WireTap::kind_of(unsigned type, const uint8_t* ip) {
  if (type == ETHERTYPE_ARP) return &Seen::link;
  if (type != ETHERTYPE_IP && type != ETHERTYPE_IPV6) return &Seen::clear;
  const bool v6 = type == ETHERTYPE_IPV6;
  const Shown shown = v6 ? read_ipv6(ip) : read_ipv4(ip);
  if (shown.fragment) ++seen_.pieces;
  if (shown.protocol == IPPROTO_ESP) return &Seen::esp;
  if (shown.protocol == IPPROTO_AH) return &Seen::ah;
  if (shown.protocol == IPPROTO_UDP) {
    // A later fragment shows no port and no SPI: it counts as what the first one of its datagram showed.
    if (!shown.later && is_esp(shown.upper)) {
      if (shown.fragment) in_udp_.insert(shown.datagram);
      return &Seen::esp_in_udp;
    }
    if (shown.later && in_udp_.contains(shown.datagram)) return &Seen::esp_in_udp;
  }
  if (!v6) return &Seen::clear;
  const bool discovery = ip[6] == IPPROTO_ICMPV6 && ip[7] == 255 && ip[40] >= 133 && ip[40] <= 137;
  return discovery || (ip[24] == 0xff && ip[25] == 0x02) ? &Seen::link : &Seen::clear;
}

WireTap::Seen WireTap::seen() {
  using namespace std::chrono_literals;
  for (std::vector<uint8_t> frame; !(frame = socket_.receive(0ms)).empty();) {
    size_t at = kAddressBytes;
    frame.resize(frame.size() + kEnough);
    const auto type = [&] { return static_cast<unsigned>(frame[at] << 8 | frame[at + 1]); };
    const bool tagged = is_tag(type());
    while (is_tag(type()) && at + kEnough < frame.size()) at += 4;
    ++(seen_.*kind_of(type(), &frame[at + 2]));
    if (tagged) ++seen_.tagged;
  }
  return seen_;
}

}  // namespace xesp::test
