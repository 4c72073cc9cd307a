// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_ROUTE_SOCKET_H
#define XESP_DAEMON_DATAPLANE_ROUTE_SOCKET_H

#include <libmnl/libmnl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

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

/// Asks the kernel by rtnetlink, one question at a time. Not for several threads.
class RouteSocket {
 public:
  /// `mark`: as of whose packets to ask (ip rule fwmark); 0: of those without. @throws Error(kOs)
  explicit RouteSocket(uint32_t mark = 0);

  std::optional<Route> route(const IpAddress& dst);
  /// Nothing if the interface is of another kind.
  std::optional<VlanLink> vlan(unsigned interface);
  Neighbour neighbour(unsigned interface, const IpAddress& address);
  /// Makes the kernel resolve or confirm the neighbour, as if it had a packet for it (NTF_USE).
  void use_neighbour(unsigned interface, const IpAddress& address);

 private:
  nlmsghdr* request(uint16_t type, uint16_t flags);
  /// Sends and reads the answer; `parse` gets each message of it. False if the kernel said no.
  bool talk(const nlmsghdr* message, mnl_cb_t parse, void* data);

  struct Close {
    void operator()(mnl_socket* s) const { mnl_socket_close(s); }
  };
  static constexpr size_t kBufferBytes = 8192;
  std::unique_ptr<mnl_socket, Close> socket_;
  alignas(nlmsghdr) std::array<char, kBufferBytes> buffer_{};
  uint32_t sequence_ = 0;
  uint32_t mark_;
};

}  // namespace xesp::dataplane
#endif
