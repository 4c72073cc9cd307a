// SPDX-License-Identifier: Apache-2.0
#include "egress.h"

#include <net/ethernet.h>

#include <algorithm>

#include "ip_packet.h"

namespace xesp::dataplane {
namespace {

constexpr size_t kMostHeld = 256;

}  // namespace

Egress::Egress(const Link& link, Tap::Place place, PacketSocket& socket, Drops& drops, bool carry_vlans, uint32_t mark)
    : link_(link),
      place_(place),
      socket_(socket),
      drops_(drops),
      counters_(drops.counters()),
      carry_vlans_(carry_vlans),
      next_hops_(link.index(), mark) {}

void Egress::send(std::span<const uint8_t> packet, std::span<const uint8_t> tags, NextHops::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (packet.size() > link_.mtu()) return drops_.drop(kDropTooBig, place_, packet);
  if (send_or_drop(packet, tags, now)) return;
  if (held_.size() == kMostHeld) return drops_.drop(kDropHoldFull, place_, packet);
  held_.push_back({{packet.begin(), packet.end()}, {tags.begin(), tags.end()}});
  counters_.add(kHeld);
}

void Egress::retry(NextHops::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(held_, [&](const Held& held) { return send_or_drop(held.packet, held.tags, now); });
}

bool Egress::holds() const {
  const std::lock_guard lock(mutex_);
  return !held_.empty();
}

void Egress::flush() {
  const std::lock_guard lock(mutex_);
  socket_.flush();
}

Egress::Way Egress::way_to(const IpAddress& dst, NextHops::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const NextHops::Answer& hop = next_hops_.find(dst, now);
  const size_t mtu = hop.mtu == 0 ? link_.mtu() : std::min<size_t>(hop.mtu, link_.mtu());
  return {hop.local, hop.interface, mtu, hop.source};
}

bool Egress::send_or_drop(std::span<const uint8_t> packet, std::span<const uint8_t> tags,
                          NextHops::Clock::time_point now) {
  const auto fields = read_ip(packet);
  if (!fields) return drops_.drop(kDropFrame, place_, packet), true;
  const NextHops::Answer& hop = next_hops_.find(fields->dst(), now);
  switch (hop.state) {
    case NextHops::State::kReady:
      transmit(packet, fields->flow.family == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP, hop.mac,
               carry_vlans_ ? tags : std::span<const uint8_t>(hop.tags));
      return true;
    case NextHops::State::kResolving:
      return false;
    case NextHops::State::kUnreachable:
      drops_.drop(kDropUnreachable, place_, packet);
      return true;
    case NextHops::State::kElsewhere:
      drops_.drop(kDropElsewhere, place_, packet);
      return true;
  }
  return true;
}

void Egress::transmit(std::span<const uint8_t> packet, uint16_t type, const MacAddress& to,
                      std::span<const uint8_t> tags) {
  const std::span<uint8_t> frame = socket_.allocate(sizeof(ether_header) + tags.size() + packet.size());
  if (frame.empty()) return drops_.drop(kDropSendFull, place_, packet);
  auto at = std::copy(to.begin(), to.end(), frame.begin());
  const MacAddress from = link_.mac();
  at = std::copy(from.begin(), from.end(), at);
  at = std::copy(tags.begin(), tags.end(), at);
  *at++ = static_cast<uint8_t>(type >> 8);
  *at++ = static_cast<uint8_t>(type);
  std::copy(packet.begin(), packet.end(), at);
  counters_.add(kSent);
  counters_.add(kSentBytes, packet.size());
}

}  // namespace xesp::dataplane
