// SPDX-License-Identifier: Apache-2.0
#include "wire_tap.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <thread>

namespace xesp::test {
namespace {

constexpr int kBufferBytes = 32 << 20;

using Frame = std::array<uint8_t, 64>;  // its beginning

/// UDP to port 4500 with an SPI.
bool is_esp(const uint8_t* udp) {
  return (udp[2] << 8 | udp[3]) == 4500 && (udp[8] | udp[9] | udp[10] | udp[11]) != 0;
}

uint64_t WireTap::Seen::* kind_of(const Frame& frame) {
  using Seen = WireTap::Seen;
  const auto type = static_cast<uint16_t>(frame[12] << 8 | frame[13]);
  const uint8_t* ip = &frame[14];
  if (type == ETHERTYPE_ARP) return &Seen::link;
  if (type == ETHERTYPE_IP && ip[9] == IPPROTO_ESP) return &Seen::esp;
  if (type == ETHERTYPE_IP && ip[9] == IPPROTO_UDP && is_esp(ip + 20)) return &Seen::esp_in_udp;
  if (type != ETHERTYPE_IPV6) return &Seen::clear;
  if (ip[6] == IPPROTO_ESP) return &Seen::esp;
  if (ip[6] == IPPROTO_UDP && is_esp(ip + 40)) return &Seen::esp_in_udp;
  const bool discovery = ip[6] == IPPROTO_ICMPV6 && ip[7] == 255 && ip[40] >= 133 && ip[40] <= 137;
  return discovery || (ip[24] == 0xff && ip[25] == 0x02) ? &Seen::link : &Seen::clear;
}

/// A socket stays in the namespace where it was opened, so a short thread goes there for it.
int open_tap(const std::string& name) {
  int fd = -1;
  std::thread([&] {
    enter_namespace(name);
    fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
  }).join();
  return fd;
}

}  // namespace

WireTap::WireTap(const Lab& lab) : fd_(open_tap(lab.name_of("wire"))) {
  if (fd_ < 0) throw std::runtime_error("can't open a tap on the wire");
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof(kBufferBytes));
}

WireTap::~WireTap() {
  close(fd_);
}

WireTap::Seen WireTap::seen() {
  Frame frame{};
  sockaddr_ll from{};
  socklen_t size = sizeof(from);
  while (recvfrom(fd_, frame.data(), frame.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &size) > 0) {
    size = sizeof(from);
    if (from.sll_pkttype == PACKET_OUTGOING) continue;  // the bridge handing the same frame on
    ++(seen_.*kind_of(frame));
  }
  return seen_;
}

}  // namespace xesp::test
