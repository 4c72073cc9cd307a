// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_EGRESS_H
#define XESP_DAEMON_DATAPLANE_EGRESS_H

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "drops.h"
#include "link.h"
#include "next_hops.h"
#include "packet_socket.h"
#include "path_counters.h"

namespace xesp::dataplane {

/// Sends IP packets out of an interface: link header, next hop, MTU. Packets whose next hop is being resolved wait in
/// a bounded queue. Any thread: the one of the path that ends here sends most, the other one ICMP errors.
class Egress {
 public:
  /// `carry_vlans`: frames leave with the tags that their packets came with, else with those of the route. `mark`: of
  /// whose packets' routes to take (RouteSocket). All references must outlive this object.
  Egress(const Link& link, Tap::Place place, PacketSocket& socket, Drops& drops, bool carry_vlans, uint32_t mark = 0);

  /// Sends, holds or drops a whole IP packet that came with these VlanTags. What it sends leaves with the next flush().
  void send(std::span<const uint8_t> packet, std::span<const uint8_t> tags, NextHops::Clock::time_point now);
  /// Tries the held packets again, in their order.
  void retry(NextHops::Clock::time_point now);
  bool holds() const;
  void flush();

  struct Way {
    bool local = false;               ///< an address of this host
    unsigned interface = 0;           ///< that the kernel's route leads to
    size_t mtu = 0;                   ///< the interface's, or less where the kernel's route says so
    std::optional<IpAddress> source;  ///< this host's address towards there
  };
  Way way_to(const IpAddress& dst, NextHops::Clock::time_point now);

 private:
  /// False: the next hop is still being resolved, the packet is the caller's.
  bool send_or_drop(std::span<const uint8_t> packet, std::span<const uint8_t> tags, NextHops::Clock::time_point now);
  void transmit(std::span<const uint8_t> packet, uint16_t type, const MacAddress& to, std::span<const uint8_t> tags);

  struct Held {
    std::vector<uint8_t> packet;
    std::vector<uint8_t> tags;
  };

  mutable std::mutex mutex_;
  const Link& link_;
  Tap::Place place_;
  PacketSocket& socket_;
  Drops& drops_;
  PathCounters& counters_;
  bool carry_vlans_;
  NextHops next_hops_;
  std::deque<Held> held_;
};

}  // namespace xesp::dataplane
#endif
