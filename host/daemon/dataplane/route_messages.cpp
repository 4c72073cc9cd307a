// SPDX-License-Identifier: Apache-2.0
#include "route_messages.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace xesp::dataplane {
namespace {

constexpr uint16_t kUsable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
constexpr uint16_t kFresh = NUD_REACHABLE | NUD_PERMANENT | NUD_NOARP;

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

int read_route_message(const nlmsghdr* message, void* data) {
  if (message->nlmsg_type != RTM_NEWROUTE) return MNL_CB_OK;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(rtmsg)) return MNL_CB_ERROR;
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

int read_link_message(const nlmsghdr* message, void* data) {
  if (message->nlmsg_type != RTM_NEWLINK) return MNL_CB_OK;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(ifinfomsg)) return MNL_CB_ERROR;
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

int read_neighbour_message(const nlmsghdr* message, void* data) {
  if (message->nlmsg_type != RTM_NEWNEIGH) return MNL_CB_OK;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(ndmsg)) return MNL_CB_ERROR;
  auto& out = *static_cast<Neighbour*>(data);
  const auto* header = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(message));
  const int result = mnl_attr_parse(message, sizeof(*header), read_neighbour_attribute, data);
  out.fresh = out.usable && (header->ndm_state & kFresh);
  out.usable = out.usable && (header->ndm_state & kUsable);
  return result;
}

/// Whether the messages lie in the datagram, with the padding behind them: libmnl reads attributes up to there, and
/// takes a length beyond 2^31 for a negative one, and a good one. (The kernel pads all that it sends.)
bool whole(std::span<const char> bytes) {
  for (nlmsghdr header{}; bytes.size() >= sizeof(header);) {
    std::memcpy(&header, bytes.data(), sizeof(header));
    const size_t padded = (size_t{header.nlmsg_len} + 3) / 4 * 4;  // NLMSG_ALIGN() would cut it to 32 bits
    if (header.nlmsg_len < sizeof(header) || padded > bytes.size()) return false;
    bytes = bytes.subspan(padded);
  }
  return true;
}

/// Each message to `parse`. False if it is the kernel's no, another question's, or malformed.
bool run(const RouteReply& reply, mnl_cb_t parse, void* data) {
  return is_reply(reply) && whole(reply.bytes) &&
         mnl_cb_run(reply.bytes.data(), reply.bytes.size(), reply.sequence, reply.port, parse, data) >= 0;
}

}  // namespace

bool is_reply(const RouteReply& reply) {
  nlmsghdr header{};
  if (reply.bytes.size() < sizeof(header)) return false;
  std::memcpy(&header, reply.bytes.data(), sizeof(header));
  return header.nlmsg_seq == reply.sequence && header.nlmsg_pid == reply.port;
}

std::optional<Route> read_route(const RouteReply& reply, const IpAddress& dst) {
  RouteFields out;
  out.next_hop = dst;
  if (!run(reply, read_route_message, &out)) return std::nullopt;
  if (out.learned && out.mtu != 0) out.mtu = std::max(out.mtu, dst.v6 ? kLeastLearnedV6 : kLeastLearnedV4);
  return out;
}

std::optional<VlanLink> read_vlan(const RouteReply& reply) {
  LinkFields link;
  if (!run(reply, read_link_message, &link) || link.kind != "vlan" || !link.parent || link.elsewhere)
    return std::nullopt;
  const auto high = [](uint16_t v) { return static_cast<uint8_t>(v >> 8); };
  const auto low = [](uint16_t v) { return static_cast<uint8_t>(v); };
  return VlanLink{*link.parent, {high(link.type), low(link.type), high(link.id), low(link.id)}};
}

Neighbour read_neighbour(const RouteReply& reply) {
  Neighbour out;
  return run(reply, read_neighbour_message, &out) ? out : Neighbour{};
}

}  // namespace xesp::dataplane
