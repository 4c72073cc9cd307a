// SPDX-License-Identifier: Apache-2.0
#include "egress.h"

#include <arpa/inet.h>
#include <net/ethernet.h>

#include <algorithm>
#include <cstring>

#include "ip_packet.h"

namespace xesp::dataplane {
namespace {

constexpr size_t kMostHeld = 256;

}  // namespace

Egress::Egress(const Interface& interface, PacketSocket& socket, PathCounters& counters)
    : interface_(interface), socket_(socket), counters_(counters), next_hops_(interface) {}

void Egress::send(std::span<const uint8_t> packet, NextHops::Clock::time_point now) {
  if (packet.size() > interface_.mtu) return counters_.add(kDropTooBig);
  if (send_or_drop(packet, now)) return;
  if (held_.size() == kMostHeld) return counters_.add(kDropHoldFull);
  held_.emplace_back(packet.begin(), packet.end());
  counters_.add(kHeld);
}

void Egress::retry(NextHops::Clock::time_point now) {
  std::erase_if(held_, [&](const std::vector<uint8_t>& packet) { return send_or_drop(packet, now); });
}

bool Egress::send_or_drop(std::span<const uint8_t> packet, NextHops::Clock::time_point now) {
  const auto fields = read_ip(packet);
  if (!fields) return counters_.add(kDropFrame), true;
  const NextHops::Answer hop = next_hops_.find(fields->dst(), now);
  switch (hop.state) {
    case NextHops::State::kReady:
      transmit(packet, fields->flow.family == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP, hop.mac);
      return true;
    case NextHops::State::kResolving:
      return false;
    case NextHops::State::kUnreachable:
      counters_.add(kDropUnreachable);
      return true;
    case NextHops::State::kElsewhere:
      counters_.add(kDropElsewhere);
      return true;
  }
  return true;
}

void Egress::transmit(std::span<const uint8_t> packet, uint16_t type, const MacAddress& to) {
  ether_header link{};
  const std::span<uint8_t> frame = socket_.allocate(sizeof(link) + packet.size());
  if (frame.empty()) return counters_.add(kDropSendFull);
  std::copy(to.begin(), to.end(), link.ether_dhost);
  std::copy(interface_.mac.begin(), interface_.mac.end(), link.ether_shost);
  link.ether_type = htons(type);
  std::memcpy(frame.data(), &link, sizeof(link));
  std::copy(packet.begin(), packet.end(), frame.begin() + sizeof(link));
  counters_.add(kSent);
  counters_.add(kSentBytes, packet.size());
}

}  // namespace xesp::dataplane
