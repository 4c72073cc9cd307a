// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_ROUTE_SOCKET_H
#define XESP_DAEMON_DATAPLANE_ROUTE_SOCKET_H

#include <libmnl/libmnl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "route_messages.h"
#include "xesp/address.h"

namespace xesp::dataplane {

/// Asks the kernel by rtnetlink, one question at a time; an answer that could not be read is never taken for a later
/// question's. Not for several threads.
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
  /// The answer to `question`, valid until the next one; none if the system failed again and again.
  std::optional<RouteReply> ask(const nlmsghdr* question);
  /// One try of it.
  std::optional<RouteReply> receive(uint32_t sequence);

  struct Close {
    void operator()(mnl_socket* s) const { mnl_socket_close(s); }
  };
  static constexpr size_t kBufferBytes = 8192;
  std::unique_ptr<mnl_socket, Close> socket_;
  std::vector<char> question_, answer_;
  uint32_t sequence_ = 0;
  uint32_t mark_;
};

}  // namespace xesp::dataplane
#endif
