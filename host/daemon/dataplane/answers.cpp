// SPDX-License-Identifier: Apache-2.0
#include "answers.h"

#include <algorithm>
#include <utility>

#include "ip_packet.h"

namespace xesp::dataplane {

bool RateLimit::take(Clock::time_point now) {
  if (last_ != Clock::time_point{})
    tokens_ = std::min(kBurst, tokens_ + kPerSecond * std::chrono::duration<double>(now - last_).count());
  last_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void Answers::tell(IcmpCause cause, std::span<const uint8_t> packet, size_t mtu, std::span<const uint8_t> tags,
                   NextHops::Clock::time_point now) {
  const auto fields = read_ip(packet);
  if (!fields) return counters_.add(kIcmpNone);
  // The address that we have towards the packet's end on the inside: of it the peer's policies know.
  const IpAddress end = direction_ == Direction::kOut ? fields->src() : fields->dst();
  const auto source = inside_.way_to(end, now).source;
  if (!source) return counters_.add(kIcmpNone);
  std::vector<uint8_t> message = icmp_error(cause, packet, *source, mtu);
  if (message.empty()) return counters_.add(kIcmpNone);
  if (!limit_.take(now)) return counters_.add(kIcmpLimited);
  if (direction_ == Direction::kOut) {
    inside_.send(message, tags, now);
    inside_.flush();
  } else if (!own_.push({std::move(message), {tags.begin(), tags.end()}})) {
    return counters_.add(kIcmpLimited);
  }
  counters_.add(cause == IcmpCause::kTooBig ? kIcmpTooBig : kIcmpTimeExceeded);
}

}  // namespace xesp::dataplane
