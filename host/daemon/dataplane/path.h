// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_PATH_H
#define XESP_DAEMON_DATAPLANE_PATH_H

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "answers.h"
#include "drops.h"
#include "egress.h"
#include "fault.h"
#include "inbound_check.h"
#include "outbound_sas.h"
#include "own_packets.h"
#include "packet_socket.h"
#include "path_counters.h"
#include "tun.h"
#include "xesp/engine.h"

namespace xesp::dataplane {

/// The way of packets in one direction: receive a batch, through the engine, out of the other interface. One thread.
/// What is too long on its way is cut where it may be, and else its sender is told: before it is protected, so that
/// what leaves fits, and behind the engine on the way in.
class Path {
 public:
  /// All that both directions know; must outlive a Path.
  struct Shared {
    Engine& engine;
    const InboundCheck& check;
    OutboundSas& outbound;
    OwnPackets& own;  ///< this host's packets, for the outbound path
    Egress& inside;   ///< where ICMP errors about what came from inside go
    Egress& outside;
    Tun* tun = nullptr;  ///< for this host's own applications, if there is one
    bool mss_clamp = false;
  };
  Path(Direction direction, size_t batch, PacketSocket& from, Egress& to, const Shared& shared, Drops& drops);

  /// Until `stop` or a fault. Sets `fault` when the engine is lost: nothing is forwarded from then on.
  void run(const std::stop_token& stop, Fault& fault) noexcept;

 private:
  void wait() const;
  void turn();
  using Tags = std::span<const uint8_t>;  ///< VlanTags that a packet came with
  using Time = NextHops::Clock::time_point;
  /// These give packets to the engine, or drop them: those of a frame, this host's own, and what is to be protected.
  void take(const Frame& frame, Time now);
  void take_own(Time now);
  void read_tun(Time now);
  void protect(std::span<uint8_t> packet, SaHandle sa, Tags tags, bool tell, Time now);
  void give(std::span<const uint8_t> packet, SaHandle sa, Tags tags);

  void forward(const PacketIn& given, const PacketOut& result, Tags tags, Time now);
  void clamp_recovered(std::span<uint8_t> packet, const IpFields& fields, Time now);
  void send_here(std::span<const uint8_t> packet, const IpFields& fields, Time now);
  void send_inside(std::span<uint8_t> packet, Tags tags, Time now);
  /// Of a packet that is too long: its fragments, or none and its sender was told unless `tell` is false.
  std::vector<std::vector<uint8_t>> cut(std::span<const uint8_t> packet, size_t most, bool may_cut, Tags tags,
                                        bool tell, Time now);
  std::optional<uint32_t> spi_of(SaHandle sa) const;

  Direction direction_;
  Tap::Place came_;  ///< where frames come in
  size_t batch_;
  PacketSocket& from_;
  Egress& to_;
  Shared shared_;
  Drops& drops_;
  PathCounters& counters_;
  Answers answers_;

  std::vector<Frame> frames_;
  std::vector<PacketIn> in_;
  std::vector<Tags> tags_;                 ///< of `in_`, in their frames
  std::deque<std::vector<uint8_t>> made_;  ///< fragments in `in_`
  std::vector<OwnPacket> own_;             ///< this host's packets in `in_`
  std::vector<PacketOut> out_;
  std::vector<uint8_t> recovered_;  ///< a copy of the engine's result, to count its TTL down
};

}  // namespace xesp::dataplane
#endif
