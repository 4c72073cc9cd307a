// SPDX-License-Identifier: Apache-2.0
#include "route_socket.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "os_error.h"

namespace xesp::dataplane {
namespace {

constexpr int kMostTries = 3;

uint8_t family_of(const IpAddress& address) {
  return address.v6 ? AF_INET6 : AF_INET;
}

size_t bytes_of(const IpAddress& address) {
  return address.v6 ? sizeof(in6_addr) : sizeof(in_addr);
}

void put_address(nlmsghdr* message, uint16_t attribute, const IpAddress& address) {
  mnl_attr_put(message, attribute, bytes_of(address), address.bytes.data());
}

}  // namespace

RouteSocket::RouteSocket(uint32_t mark)
    : socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)),
      question_(kBufferBytes),
      answer_(kBufferBytes),
      mark_(mark) {
  if (!socket_ || mnl_socket_bind(socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    throw os_error(errno, "can't open a route socket");
}

nlmsghdr* RouteSocket::request(uint16_t type, uint16_t flags) {
  nlmsghdr* message = mnl_nlmsg_put_header(question_.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  message->nlmsg_seq = ++sequence_;
  return message;
}

std::optional<RouteReply> RouteSocket::ask(const nlmsghdr* question) {
  for (int i = 0; i < kMostTries; ++i) {
    if (mnl_socket_sendto(socket_.get(), question, question->nlmsg_len) < 0) continue;
    if (const auto reply = receive(question->nlmsg_seq)) return reply;
  }
  return std::nullopt;
}

std::optional<RouteReply> RouteSocket::receive(uint32_t sequence) {
  for (int failures = 0; failures < kMostTries;) {
    sockaddr_nl from{};
    iovec part{answer_.data(), answer_.size()};
    msghdr how{};
    how.msg_name = &from;
    how.msg_namelen = sizeof(from);
    how.msg_iov = &part;
    how.msg_iovlen = 1;
    // rtnetlink answers while it is asked, so an answer that is not there yet was lost.
    const ssize_t got = ::recvmsg(mnl_socket_get_fd(socket_.get()), &how, MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0) {
      if (errno != EINTR && errno != ENOBUFS) return std::nullopt;
      ++failures;
      continue;
    }
    const auto bytes = static_cast<size_t>(got);
    if (bytes > answer_.size()) {  // the rest is lost: ask again
      answer_.resize(bytes);
      return std::nullopt;
    }
    const RouteReply reply{{answer_.data(), bytes}, sequence, mnl_socket_get_portid(socket_.get())};
    if (from.nl_pid == 0 && is_reply(reply)) return reply;
  }
  return std::nullopt;
}

std::optional<Route> RouteSocket::route(const IpAddress& dst) {
  nlmsghdr* message = request(RTM_GETROUTE, 0);
  auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  header->rtm_family = family_of(dst);
  header->rtm_dst_len = static_cast<uint8_t>(8 * bytes_of(dst));
  put_address(message, RTA_DST, dst);
  if (mark_ != 0) mnl_attr_put_u32(message, RTA_MARK, mark_);
  const auto reply = ask(message);
  return reply ? read_route(*reply, dst) : std::nullopt;
}

std::optional<VlanLink> RouteSocket::vlan(unsigned interface) {
  nlmsghdr* message = request(RTM_GETLINK, 0);
  auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
  header->ifi_family = AF_UNSPEC;
  header->ifi_index = static_cast<int>(interface);
  const auto reply = ask(message);
  return reply ? read_vlan(*reply) : std::nullopt;
}

Neighbour RouteSocket::neighbour(unsigned interface, const IpAddress& address) {
  nlmsghdr* message = request(RTM_GETNEIGH, 0);
  auto* header = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ndmsg)));
  header->ndm_family = family_of(address);
  header->ndm_ifindex = static_cast<int>(interface);
  put_address(message, NDA_DST, address);
  const auto reply = ask(message);
  return reply ? read_neighbour(*reply) : Neighbour{};
}

void RouteSocket::use_neighbour(unsigned interface, const IpAddress& address) {
  nlmsghdr* message = request(RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
  auto* header = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ndmsg)));
  header->ndm_family = family_of(address);
  header->ndm_ifindex = static_cast<int>(interface);
  header->ndm_flags = NTF_USE;
  put_address(message, NDA_DST, address);
  ask(message);  // a refusal shows as a neighbour that stays unusable
}

}  // namespace xesp::dataplane
