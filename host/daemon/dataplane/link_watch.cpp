// SPDX-License-Identifier: Apache-2.0
#include "link_watch.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "log.h"
#include "os_error.h"

namespace xesp::dataplane {
namespace {

constexpr int kIdleMilliseconds = 100;  // how late a stop may be noticed
constexpr size_t kBufferBytes = 32768;

struct Told {
  std::optional<unsigned> mtu;
  std::optional<MacAddress> mac;
};

int read_attribute(const nlattr* a, void* data) {
  auto& out = *static_cast<Told*>(data);
  if (mnl_attr_get_type(a) == IFLA_MTU && mnl_attr_validate(a, MNL_TYPE_U32) >= 0) out.mtu = mnl_attr_get_u32(a);
  MacAddress mac;
  if (mnl_attr_get_type(a) == IFLA_ADDRESS && mnl_attr_get_payload_len(a) == mac.size()) {
    std::copy_n(static_cast<const uint8_t*>(mnl_attr_get_payload(a)), mac.size(), mac.begin());
    out.mac = mac;
  }
  return MNL_CB_OK;
}

using Handler = std::function<void(unsigned index, const Told&)>;

int read_message(const nlmsghdr* message, void* data) {
  if (message->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(message) < sizeof(ifinfomsg)) return MNL_CB_OK;
  const auto* header = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  if (header->ifi_family != AF_UNSPEC) return MNL_CB_OK;  // a bridge's word about its port
  Told told;
  mnl_attr_parse(message, sizeof(*header), read_attribute, &told);
  (*static_cast<const Handler*>(data))(static_cast<unsigned>(header->ifi_index), told);
  return MNL_CB_OK;
}

}  // namespace

LinkWatch::LinkWatch(std::vector<Link*> links, std::function<void(const Link&)> changed)
    : links_(std::move(links)),
      changed_(std::move(changed)),
      socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK)) {
  if (!socket_ || mnl_socket_bind(socket_.get(), RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0)
    throw os_error(errno, "can't follow the interfaces' changes");
  read_all();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void LinkWatch::read_all() {
  for (const Link* link : links_) {
    alignas(nlmsghdr) std::array<char, 128> buffer{};
    nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
    message->nlmsg_type = RTM_GETLINK;
    message->nlmsg_flags = NLM_F_REQUEST;
    auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
    header->ifi_family = AF_UNSPEC;
    header->ifi_index = static_cast<int>(link->index());
    mnl_socket_sendto(socket_.get(), message, message->nlmsg_len);
  }
}

void LinkWatch::run(const std::stop_token& stop) {
  Handler handler = [this](unsigned index, const Told& told) {
    for (Link* link : links_) {
      if (link->index() != index) continue;
      if (told.mac) link->set_mac(*told.mac);
      if (!told.mtu || !link->set_mtu(*told.mtu)) continue;
      log_of("dataplane")->info("interface {}: the MTU is now {}", index, *told.mtu);
      changed_(*link);
    }
  };
  alignas(nlmsghdr) std::array<char, kBufferBytes> buffer{};
  while (!stop.stop_requested()) {
    pollfd p{.fd = mnl_socket_get_fd(socket_.get()), .events = POLLIN, .revents = 0};
    if (poll(&p, 1, kIdleMilliseconds) <= 0) continue;
    const ssize_t got = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
    if (got < 0) {
      if (errno == ENOBUFS || errno == ENOSPC) read_all();  // some were lost, or too long to be read
      continue;
    }
    // Any sequence number and port: answers and what was not asked for.
    mnl_cb_run(buffer.data(), static_cast<size_t>(got), 0, 0, read_message, &handler);
  }
}

}  // namespace xesp::dataplane
