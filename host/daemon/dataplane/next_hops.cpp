// SPDX-License-Identifier: Apache-2.0
#include "next_hops.h"

#include <string_view>
#include <utility>

namespace xesp::dataplane {
namespace {

using namespace std::chrono_literals;

constexpr auto kRemember = 1s;
constexpr auto kRetry = 2ms;
constexpr auto kResolveFor = 3s;  // the kernel's own: mcast_solicit 3 times retrans_time 1 s
constexpr size_t kMostTags = 2;   // what steering takes from the peer
constexpr size_t kMostEntries = 65536;

}  // namespace

size_t NextHops::Hash::operator()(const IpAddress& a) const {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(a.bytes.data()), a.bytes.size()});
}

const NextHops::Answer& NextHops::find(const IpAddress& dst, Clock::time_point now) {
  if (cache_.size() >= kMostEntries) cache_.clear();
  Entry& entry = cache_[dst];
  if (now >= entry.check_again) ask(dst, entry, now);
  return entry.answer;
}

std::optional<std::vector<uint8_t>> NextHops::tags_from(unsigned route_interface) {
  std::vector<uint8_t> tags;
  for (unsigned at = route_interface; at != interface_;) {
    const std::optional<VlanLink> link = kernel_.vlan(at);
    if (!link || tags.size() == kMostTags * sizeof(VlanTag)) return std::nullopt;
    tags.insert(tags.begin(), link->tag.begin(), link->tag.end());
    at = link->parent;
  }
  return tags;
}

void NextHops::ask(const IpAddress& dst, Entry& entry, Clock::time_point now) {
  const bool was_resolving = entry.answer.state == State::kResolving;
  entry.check_again = now + kRemember;
  const std::optional<Route> route = kernel_.route(dst);
  if (!route) {
    entry.answer.state = State::kUnreachable;
    return;
  }
  std::optional<std::vector<uint8_t>> tags;
  if (route->unicast) tags = tags_from(route->interface);
  if (!tags) {
    entry.answer.state = State::kElsewhere;
    return;
  }
  const Neighbour neighbour = kernel_.neighbour(route->interface, route->next_hop);
  if (!neighbour.fresh && !was_resolving) kernel_.use_neighbour(route->interface, route->next_hop);
  if (neighbour.usable) {
    entry.answer = {State::kReady, neighbour.mac, std::move(*tags)};
    return;
  }
  if (!was_resolving) entry.give_up = now + kResolveFor;
  entry.answer.state = now < entry.give_up ? State::kResolving : State::kUnreachable;
  if (entry.answer.state == State::kResolving) entry.check_again = now + kRetry;
}

}  // namespace xesp::dataplane
