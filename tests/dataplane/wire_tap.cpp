// SPDX-License-Identifier: Apache-2.0
#include "wire_tap.h"

#include <net/ethernet.h>
#include <netinet/in.h>

namespace xesp::test {
namespace {

using Seen = WireTap::Seen;

constexpr uint16_t kServiceTag = 0x88a8;
constexpr size_t kAddressBytes = 12;
constexpr size_t kEnough = 64;  // of a packet for kind_of()

bool is_tag(unsigned type) {
  return type == ETHERTYPE_VLAN || type == kServiceTag;
}

/// UDP to port 4500 with an SPI.
bool is_esp(const uint8_t* udp) {
  return (udp[2] << 8 | udp[3]) == 4500 && (udp[8] | udp[9] | udp[10] | udp[11]) != 0;
}

/// `ip` has kEnough bytes.
uint64_t Seen::*kind_of(unsigned type, const uint8_t* ip) {
  if (type == ETHERTYPE_ARP) return &Seen::link;
  if (type == ETHERTYPE_IP && ip[9] == IPPROTO_ESP) return &Seen::esp;
  if (type == ETHERTYPE_IP && ip[9] == IPPROTO_UDP && is_esp(ip + 20)) return &Seen::esp_in_udp;
  if (type != ETHERTYPE_IPV6) return &Seen::clear;
  if (ip[6] == IPPROTO_ESP) return &Seen::esp;
  if (ip[6] == IPPROTO_UDP && is_esp(ip + 40)) return &Seen::esp_in_udp;
  const bool discovery = ip[6] == IPPROTO_ICMPV6 && ip[7] == 255 && ip[40] >= 133 && ip[40] <= 137;
  return discovery || (ip[24] == 0xff && ip[25] == 0x02) ? &Seen::link : &Seen::clear;
}

}  // namespace

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
