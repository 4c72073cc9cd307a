// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_ANSWERS_H
#define XESP_DAEMON_DATAPLANE_ANSWERS_H

#include <cstdint>
#include <span>

#include "egress.h"
#include "icmp_error.h"
#include "own_packets.h"
#include "path_counters.h"
#include "xesp/sa.h"

namespace xesp::dataplane {

/// So many at once, then so many a second (RFC 1812 4.3.2.8, RFC 4443 2.4 (f)).
class RateLimit {
 public:
  using Clock = NextHops::Clock;
  bool take(Clock::time_point now);

 private:
  static constexpr double kBurst = 50, kPerSecond = 100;
  double tokens_ = kBurst;
  Clock::time_point last_{};
};

/// Tells the senders of packets that can't go on, by ICMP, rate limited. What came from inside is told there; what was
/// recovered came protected, so the message that quotes it is given to the outbound path, which sends it protected or
/// not at all. One thread.
class Answers {
 public:
  /// All must outlive this object.
  Answers(Direction direction, Egress& inside, OwnPackets& own, PathCounters& counters)
      : direction_(direction), inside_(inside), own_(own), counters_(counters) {}

  /// `mtu` means nothing but for kTooBig. `tags`: VlanTags that the packet came with.
  void tell(IcmpCause cause, std::span<const uint8_t> packet, size_t mtu, std::span<const uint8_t> tags,
            NextHops::Clock::time_point now);

 private:
  Direction direction_;
  Egress& inside_;
  OwnPackets& own_;
  PathCounters& counters_;
  RateLimit limit_;
};

}  // namespace xesp::dataplane
#endif
