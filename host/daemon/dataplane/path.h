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
#include "path_counters.h"
#include "reassembler.h"
#include "receive_queues.h"
#include "tun.h"
#include "xesp/engine.h"

namespace xesp::dataplane {

/// The way of packets in one direction: receive a batch, through the engine, out of the other interface. One thread.
/// What is too long on its way is cut where it may be, and else its sender is told: before it is protected, so that
/// what leaves fits, and behind the engine on the way in and in transport mode. Fragments of what the engine needs
/// whole, the peer's ESP and AH and what transport mode protects, are put together before.
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
  Path(Direction direction, size_t batch, ReceiveQueues& from, Egress& to, const Shared& shared, Drops& drops);

  /// Until `stop` or a fault. Sets `fault` when the engine is lost: nothing is forwarded from then on.
  void run(const std::stop_token& stop, Fault& fault) noexcept;

 private:
  void wait();
  void turn();
  using Tags = std::span<const uint8_t>;  ///< VlanTags that a packet came with
  using Time = NextHops::Clock::time_point;
  /// These give packets to the engine, or drop them: those of a frame, this host's own, and what is to be protected.
  void take(const Frame& frame, Time now);
  void take_own(Time now);
  void read_tun(Time now);
  void protect(std::span<uint8_t> packet, SaHandle sa, Tags tags, bool tell, Time now,
               std::optional<uint32_t> datagram = std::nullopt);
  /// What is known of a packet beside it, while the engine has it.
  struct Beside {
    Tags tags;
    std::optional<uint32_t> datagram = {};  ///< the name that its fragments had, if it came in fragments
    size_t cut_to = 0;                      ///< a way that the protected packet won't fit: it is cut behind the engine
  };
  void give(std::span<const uint8_t> packet, SaHandle sa, const Beside& beside);
  /// What is free behind a packet that lies in the frame at hand.
  std::span<uint8_t> behind(std::span<const uint8_t> packet) const;
  /// The datagram that this fragment was the last one of: it stays for this turn.
  std::optional<Reassembler::Whole> collect(const FragmentPiece& piece, std::span<const uint8_t> packet, SaHandle sa,
                                            Time now);
  void send_cut(std::span<const uint8_t> packet, const Beside& beside, Time now);

  /// Outbound, of a packet whose SA was gone: whether it has another one now, which it is given.
  bool choose_again(PacketIn& packet, DropReason status, Time now) const;
  void forward(const PacketIn& given, const PacketOut& result, const Beside& beside, Time now);
  void clamp_recovered(std::span<uint8_t> packet, const IpFields& fields, Time now);
  void send_here(std::span<const uint8_t> packet, const IpFields& fields, Time now);
  /// `datagram`: of an IPv6 packet that came in fragments of its sender's, and so may go on in fragments.
  void send_inside(std::span<uint8_t> packet, Tags tags, std::optional<uint32_t> datagram, Time now);
  /// A packet's fragments, or none if it may not be cut.
  std::vector<std::vector<uint8_t>> cut(std::span<const uint8_t> packet, size_t most, std::optional<uint32_t> datagram);
  /// Of a packet that is too long, and can't be cut: its sender is told unless `tell` is false.
  void refuse(std::span<const uint8_t> packet, size_t most, Tags tags, bool tell, Time now);
  std::optional<uint32_t> spi_of(SaHandle sa) const;

  Direction direction_;
  Tap::Place came_;  ///< where frames come in
  size_t batch_;
  ReceiveQueues& from_;
  Egress& to_;
  Shared shared_;
  Drops& drops_;
  PathCounters& counters_;
  Answers answers_;
  Reassembler reassembler_;

  std::vector<pollfd> waits_;
  std::vector<Frame> frames_;
  std::span<uint8_t> room_;  ///< of the frame at hand
  std::vector<PacketIn> in_;
  std::vector<Beside> beside_;             ///< of `in_`; tags are in the frames
  std::deque<std::vector<uint8_t>> made_;  ///< fragments, and what was put together, in `in_`
  std::vector<OwnPacket> own_;             ///< this host's packets in `in_`
  std::vector<PacketOut> out_;
  std::vector<uint8_t> recovered_;  ///< a copy of the engine's result, to count its TTL down
};

}  // namespace xesp::dataplane
#endif
