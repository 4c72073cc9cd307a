// SPDX-License-Identifier: Apache-2.0
#include "route_socket.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "os_error.h"

namespace xesp::dataplane {
namespace {

constexpr uint16_t kUsable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
constexpr uint16_t kFresh = NUD_REACHABLE | NUD_PERMANENT | NUD_NOARP;

uint8_t family_of(const IpAddress& address) {
  return address.v6 ? AF_INET6 : AF_INET;
}

size_t bytes_of(const IpAddress& address) {
  return address.v6 ? sizeof(in6_addr) : sizeof(in_addr);
}

void put_address(nlmsghdr* message, uint16_t attribute, const IpAddress& address) {
  mnl_attr_put(message, attribute, bytes_of(address), address.bytes.data());
}

void read_address(IpAddress& out, const uint8_t* from, size_t bytes) {
  if (bytes != sizeof(in_addr) && bytes != sizeof(in6_addr)) return;
  out = {.v6 = bytes == sizeof(in6_addr)};
  std::copy_n(from, bytes, out.bytes.begin());
}

constexpr size_t kLeastLearnedV4 = 576, kLeastLearnedV6 = 1280;

struct RouteFields : Route {
  bool learned = false;  // it expires, as what ICMP said does
};

int read_metric(const nlattr* a, void* data) {
  if (mnl_attr_get_type(a) == RTAX_MTU && mnl_attr_get_payload_len(a) >= sizeof(uint32_t))
    static_cast<RouteFields*>(data)->mtu = mnl_attr_get_u32(a);
  return MNL_CB_OK;
}

int read_route_attribute(const nlattr* a, void* data) {
  auto& out = *static_cast<RouteFields*>(data);
  const size_t bytes = mnl_attr_get_payload_len(a);
  const auto* payload = static_cast<const uint8_t*>(mnl_attr_get_payload(a));
  if (mnl_attr_get_type(a) == RTA_OIF && bytes >= sizeof(out.interface)) out.interface = mnl_attr_get_u32(a);
  if (mnl_attr_get_type(a) == RTA_GATEWAY) read_address(out.next_hop, payload, bytes);
  // IPv4 by a router that has an IPv6 address only (RFC 8950).
  if (mnl_attr_get_type(a) == RTA_VIA && bytes > sizeof(rtvia))
    read_address(out.next_hop, payload + sizeof(rtvia), bytes - sizeof(rtvia));
  if (mnl_attr_get_type(a) == RTA_METRICS) return mnl_attr_parse_nested(a, read_metric, data);
  if (mnl_attr_get_type(a) == RTA_CACHEINFO && bytes >= sizeof(rta_cacheinfo)) {
    rta_cacheinfo info{};
    std::memcpy(&info, payload, sizeof(info));
    out.learned = info.rta_expires != 0;
  }
  if (mnl_attr_get_type(a) == RTA_PREFSRC) read_address(out.source.emplace(), payload, bytes);
  return MNL_CB_OK;
}

int read_route(const nlmsghdr* message, void* data) {
  if (message->nlmsg_type != RTM_NEWROUTE) return MNL_CB_OK;
  const auto* header = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message));
  static_cast<RouteFields*>(data)->unicast = header->rtm_type == RTN_UNICAST;
  static_cast<RouteFields*>(data)->local = header->rtm_type == RTN_LOCAL;
  return mnl_attr_parse(message, sizeof(*header), read_route_attribute, data);
}

struct LinkFields {
  std::string kind;
  std::optional<unsigned> parent;
  uint16_t type = 0;
  uint16_t id = 0;
  bool elsewhere = false;  // the parent is in another namespace
};

int read_vlan_attribute(const nlattr* a, void* data) {
  auto& out = *static_cast<LinkFields*>(data);
  if (mnl_attr_validate(a, MNL_TYPE_U16) < 0) return MNL_CB_OK;
  if (mnl_attr_get_type(a) == IFLA_VLAN_ID) out.id = mnl_attr_get_u16(a);
  if (mnl_attr_get_type(a) == IFLA_VLAN_PROTOCOL) out.type = ntohs(mnl_attr_get_u16(a));
  return MNL_CB_OK;
}

int read_kind_attribute(const nlattr* a, void* data) {
  auto& out = *static_cast<LinkFields*>(data);
  if (mnl_attr_get_type(a) == IFLA_INFO_KIND && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0)
    out.kind = mnl_attr_get_str(a);
  if (mnl_attr_get_type(a) == IFLA_INFO_DATA && out.kind == "vlan") mnl_attr_parse_nested(a, read_vlan_attribute, data);
  return MNL_CB_OK;
}

int read_link_attribute(const nlattr* a, void* data) {
  auto& out = *static_cast<LinkFields*>(data);
  if (mnl_attr_get_type(a) == IFLA_LINK && mnl_attr_validate(a, MNL_TYPE_U32) >= 0) out.parent = mnl_attr_get_u32(a);
  if (mnl_attr_get_type(a) == IFLA_LINK_NETNSID) out.elsewhere = true;
  if (mnl_attr_get_type(a) == IFLA_LINKINFO) mnl_attr_parse_nested(a, read_kind_attribute, data);
  return MNL_CB_OK;
}

int read_link(const nlmsghdr* message, void* data) {
  if (message->nlmsg_type != RTM_NEWLINK) return MNL_CB_OK;
  return mnl_attr_parse(message, sizeof(ifinfomsg), read_link_attribute, data);
}

/// Takes the link address and marks the neighbour usable with it; the state follows from the header.
int read_neighbour_attribute(const nlattr* a, void* data) {
  auto& out = *static_cast<Neighbour*>(data);
  if (mnl_attr_get_type(a) != NDA_LLADDR || mnl_attr_get_payload_len(a) != out.mac.size()) return MNL_CB_OK;
  std::memcpy(out.mac.data(), mnl_attr_get_payload(a), out.mac.size());
  out.usable = true;
  return MNL_CB_OK;
}

int read_neighbour(const nlmsghdr* message, void* data) {
  if (message->nlmsg_type != RTM_NEWNEIGH) return MNL_CB_OK;
  auto& out = *static_cast<Neighbour*>(data);
  const auto* header = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(message));
  const int result = mnl_attr_parse(message, sizeof(*header), read_neighbour_attribute, data);
  out.fresh = out.usable && (header->ndm_state & kFresh);
  out.usable = out.usable && (header->ndm_state & kUsable);
  return result;
}

}  // namespace

RouteSocket::RouteSocket(uint32_t mark) : socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)), mark_(mark) {
  if (!socket_ || mnl_socket_bind(socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    throw os_error(errno, "can't open a route socket");
}

nlmsghdr* RouteSocket::request(uint16_t type, uint16_t flags) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer_.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  message->nlmsg_seq = ++sequence_;
  return message;
}

bool RouteSocket::talk(const nlmsghdr* message, mnl_cb_t parse, void* data) {
  const uint32_t sequence = message->nlmsg_seq;
  if (mnl_socket_sendto(socket_.get(), message, message->nlmsg_len) < 0) return false;
  const ssize_t got = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
  if (got < 0) return false;
  return mnl_cb_run(buffer_.data(), static_cast<size_t>(got), sequence, mnl_socket_get_portid(socket_.get()), parse,
                    data) >= 0;
}

std::optional<Route> RouteSocket::route(const IpAddress& dst) {
  nlmsghdr* message = request(RTM_GETROUTE, 0);
  auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  header->rtm_family = family_of(dst);
  header->rtm_dst_len = static_cast<uint8_t>(8 * bytes_of(dst));
  put_address(message, RTA_DST, dst);
  if (mark_ != 0) mnl_attr_put_u32(message, RTA_MARK, mark_);
  RouteFields out;
  out.next_hop = dst;
  if (!talk(message, read_route, &out)) return std::nullopt;
  if (out.learned && out.mtu != 0) out.mtu = std::max(out.mtu, dst.v6 ? kLeastLearnedV6 : kLeastLearnedV4);
  return out;
}

std::optional<VlanLink> RouteSocket::vlan(unsigned interface) {
  nlmsghdr* message = request(RTM_GETLINK, 0);
  auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
  header->ifi_family = AF_UNSPEC;
  header->ifi_index = static_cast<int>(interface);
  LinkFields link;
  if (!talk(message, read_link, &link) || link.kind != "vlan" || !link.parent || link.elsewhere) return std::nullopt;
  const auto high = [](uint16_t v) { return static_cast<uint8_t>(v >> 8); };
  const auto low = [](uint16_t v) { return static_cast<uint8_t>(v); };
  return VlanLink{*link.parent, {high(link.type), low(link.type), high(link.id), low(link.id)}};
}

Neighbour RouteSocket::neighbour(unsigned interface, const IpAddress& address) {
  nlmsghdr* message = request(RTM_GETNEIGH, 0);
  auto* header = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ndmsg)));
  header->ndm_family = family_of(address);
  header->ndm_ifindex = static_cast<int>(interface);
  put_address(message, NDA_DST, address);
  Neighbour out;
  return talk(message, read_neighbour, &out) ? out : Neighbour{};
}

void RouteSocket::use_neighbour(unsigned interface, const IpAddress& address) {
  nlmsghdr* message = request(RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
  auto* header = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ndmsg)));
  header->ndm_family = family_of(address);
  header->ndm_ifindex = static_cast<int>(interface);
  header->ndm_flags = NTF_USE;
  put_address(message, NDA_DST, address);
  talk(message, nullptr, nullptr);  // a refusal shows as a neighbour that stays unusable
}

}  // namespace xesp::dataplane
