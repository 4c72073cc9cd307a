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
  std::array<uint8_t, 64> frame{};
  sockaddr_ll from{};
  socklen_t size = sizeof(from);
  while (recvfrom(fd_, frame.data(), frame.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &size) > 0) {
    size = sizeof(from);
    if (from.sll_pkttype == PACKET_OUTGOING) continue;  // the bridge handing the same frame on
    const uint16_t type = static_cast<uint16_t>(frame[12] << 8 | frame[13]);
    if (type == ETHERTYPE_IP && frame[23] == IPPROTO_ESP)
      ++seen_.esp;
    else if (type == ETHERTYPE_ARP)
      ++seen_.arp;
    else
      ++seen_.clear;
  }
  return seen_;
}

}  // namespace xesp::test
