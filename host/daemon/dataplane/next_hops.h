// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_NEXT_HOPS_H
#define XESP_DAEMON_DATAPLANE_NEXT_HOPS_H

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "interface.h"
#include "route_socket.h"

namespace xesp::dataplane {

/// Link addresses for destinations behind one interface, from the kernel's own tables. Answers are remembered for a
/// second, so a route or a neighbour that changes is followed after that.
class NextHops {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State {
    kReady,        ///< `mac` is good
    kResolving,    ///< the kernel was asked to resolve it: try again soon
    kUnreachable,  ///< no route, or no answer from the neighbour
    kElsewhere,    ///< the route leads to this host or out of another interface
  };
  struct Answer {
    State state = State::kUnreachable;
    MacAddress mac{};
    bool local = false;               ///< Route::local
    unsigned interface = 0;           ///< Route::interface
    size_t mtu = 0;                   ///< Route::mtu
    std::optional<IpAddress> source;  ///< Route::source
    std::vector<uint8_t>
        tags;  ///< VlanTags of the VLAN interfaces on this one that the route leads through, the outermost first
  };

  explicit NextHops(unsigned interface, uint32_t mark = 0) : interface_(interface), kernel_(mark) {}

  /// Valid until the next call.
  const Answer& find(const IpAddress& dst, Clock::time_point now);

 private:
  struct Entry {
    Answer answer;
    Clock::time_point check_again;
    Clock::time_point give_up;  ///< in kResolving
  };
  /// The tags from a route's interface to ours, or nothing if that one is not on ours.
  std::optional<std::vector<uint8_t>> tags_from(unsigned route_interface);
  void ask(const IpAddress& dst, Entry& entry, Clock::time_point now);

  struct Hash {
    size_t operator()(const IpAddress& a) const;
  };

  unsigned interface_;
  RouteSocket kernel_;
  std::unordered_map<IpAddress, Entry, Hash> cache_;
};

}  // namespace xesp::dataplane
#endif
