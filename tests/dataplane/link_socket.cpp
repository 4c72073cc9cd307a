// SPDX-License-Identifier: Apache-2.0
#include "link_socket.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace xesp::test {
namespace {

constexpr int kBufferBytes = 32 << 20;
constexpr int kOn = 1;
constexpr size_t kMostBytes = 2048;
constexpr std::ptrdiff_t kAddressBytes = 12;

/// A socket stays in the namespace where it was opened, so a short thread goes there for it.
int open_in(const std::string& name, const std::string& interface) {
  int fd = -1;
  std::thread([&] {
    enter_namespace(name);
    fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
    if (fd < 0 || interface.empty()) return;
    sockaddr_ll here{};
    here.sll_family = AF_PACKET;
    here.sll_protocol = htons(ETH_P_ALL);
    here.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    if (bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof(here)) == 0) return;
    close(fd);
    fd = -1;
  }).join();
  return fd;
}

/// The kernel takes the outermost tag out of a frame and tells it beside.
void put_tag_back(const msghdr& message, std::vector<uint8_t>& frame) {
  tpacket_auxdata aux{};
  const cmsghdr* beside = CMSG_FIRSTHDR(&message);
  if (beside == nullptr || beside->cmsg_type != PACKET_AUXDATA) return;
  std::memcpy(&aux, CMSG_DATA(beside), sizeof(aux));
  if (!(aux.tp_status & TP_STATUS_VLAN_VALID)) return;
  const uint16_t tag[] = {htons(aux.tp_vlan_tpid), htons(aux.tp_vlan_tci)};
  const auto* bytes = reinterpret_cast<const uint8_t*>(tag);
  frame.insert(frame.begin() + kAddressBytes, bytes, bytes + sizeof(tag));
}

}  // namespace

LinkSocket::LinkSocket(const Lab& lab, const std::string& node, const std::string& interface)
    : fd_(open_in(lab.name_of(node), interface)) {
  if (fd_ < 0) throw std::runtime_error("can't open a link socket in " + node);
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof(kBufferBytes));
  setsockopt(fd_, SOL_PACKET, PACKET_AUXDATA, &kOn, sizeof(kOn));
}

LinkSocket::~LinkSocket() {
  close(fd_);
}

bool LinkSocket::send(const std::vector<uint8_t>& frame) const {
  return ::send(fd_, frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size());
}

std::vector<uint8_t> LinkSocket::receive(std::chrono::milliseconds patience) const {
  for (;;) {
    pollfd p{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&p, 1, static_cast<int>(patience.count())) <= 0) return {};
    std::vector<uint8_t> frame(kMostBytes);
    sockaddr_ll from{};
    iovec data{.iov_base = frame.data(), .iov_len = frame.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(tpacket_auxdata))> beside{};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof(from);
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = beside.data();
    message.msg_controllen = beside.size();
    const ssize_t bytes = recvmsg(fd_, &message, MSG_DONTWAIT);
    if (bytes < kAddressBytes || from.sll_pkttype == PACKET_OUTGOING) continue;
    frame.resize(static_cast<size_t>(bytes));
    put_tag_back(message, frame);
    return frame;
  }
}

}  // namespace xesp::test
