// SPDX-License-Identifier: Apache-2.0
#include "next_hops.h"

#include <string_view>

namespace xesp::dataplane {
namespace {

using namespace std::chrono_literals;

constexpr auto kRemember = 1s;
constexpr auto kRetry = 2ms;
constexpr auto kResolveFor = 3s;  // the kernel's own: mcast_solicit 3 times retrans_time 1 s
constexpr size_t kMostEntries = 65536;

}  // namespace

size_t NextHops::Hash::operator()(const IpAddress& a) const {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(a.bytes.data()), a.bytes.size()});
}

NextHops::Answer NextHops::find(const IpAddress& dst, Clock::time_point now) {
  if (cache_.size() >= kMostEntries) cache_.clear();
  Entry& entry = cache_[dst];
  if (now >= entry.check_again) ask(dst, entry, now);
  return entry.answer;
}

void NextHops::ask(const IpAddress& dst, Entry& entry, Clock::time_point now) {
  const bool was_resolving = entry.answer.state == State::kResolving;
  entry.check_again = now + kRemember;
  const std::optional<Route> route = kernel_.route(dst);
  if (!route) {
    entry.answer.state = State::kUnreachable;
    return;
  }
  if (!route->unicast || route->interface != interface_) {
    entry.answer.state = State::kElsewhere;
    return;
  }
  const Neighbour neighbour = kernel_.neighbour(interface_, route->next_hop);
  if (!neighbour.fresh && !was_resolving) kernel_.use_neighbour(interface_, route->next_hop);
  if (neighbour.usable) {
    entry.answer = {State::kReady, neighbour.mac};
    return;
  }
  if (!was_resolving) entry.give_up = now + kResolveFor;
  entry.answer.state = now < entry.give_up ? State::kResolving : State::kUnreachable;
  if (entry.answer.state == State::kResolving) entry.check_again = now + kRetry;
}

}  // namespace xesp::dataplane
