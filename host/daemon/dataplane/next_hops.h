// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_NEXT_HOPS_H
#define XESP_DAEMON_DATAPLANE_NEXT_HOPS_H

#include <chrono>
#include <cstdint>
#include <unordered_map>

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
  };

  explicit NextHops(const Interface& interface) : interface_(interface.index) {}

  Answer find(const IpAddress& dst, Clock::time_point now);

 private:
  struct Entry {
    Answer answer;
    Clock::time_point check_again;
    Clock::time_point give_up;  ///< in kResolving
  };
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
