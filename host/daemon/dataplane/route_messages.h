// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_ROUTE_MESSAGES_H
#define XESP_DAEMON_DATAPLANE_ROUTE_MESSAGES_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "interface.h"
#include "xesp/address.h"

namespace xesp::dataplane {

/// Where the kernel would send a packet.
struct Route {
  unsigned interface = 0;
  IpAddress next_hop;    ///< the gateway, or the destination itself on its own link
  bool unicast = false;  ///< false: to this host, broadcast, or refused by the table
  bool local = false;    ///< to this host
  /// What the route says, if it does: an operator's word, or what the kernel learned. The latter may be an attacker's
  /// ICMP, and counts down to 576 (IPv4) or 1280; the kernel forgets it after 10 minutes.
  size_t mtu = 0;
  std::optional<IpAddress> source = {};  ///< the address of this host that the kernel would use
};

/// What the kernel knows of a neighbour.
struct Neighbour {
  MacAddress mac{};
  bool usable = false;
  bool fresh = false;  ///< no need to ask the neighbour again
};

/// An interface that puts a VLAN tag before what it sends by another one.
struct VlanLink {
  unsigned parent = 0;  ///< of this network namespace
  VlanTag tag{};
};

/// A datagram that rtnetlink sent, aligned as an nlmsghdr is, and the question that it is to answer.
struct RouteReply {
  std::span<const char> bytes;
  uint32_t sequence = 0;
  uint32_t port = 0;  ///< of the socket that asked
};

/// Whether it answers this question and no earlier one.
bool is_reply(const RouteReply& reply);

// What the reply says, if it is well formed and not the kernel's no.
std::optional<Route> read_route(const RouteReply& reply, const IpAddress& dst);
std::optional<VlanLink> read_vlan(const RouteReply& reply);
Neighbour read_neighbour(const RouteReply& reply);

}  // namespace xesp::dataplane
#endif
