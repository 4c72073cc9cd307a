// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_PATH_H
#define XESP_DAEMON_DATAPLANE_PATH_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "egress.h"
#include "fault.h"
#include "inbound_check.h"
#include "packet_socket.h"
#include "path_counters.h"
#include "xesp/engine.h"

namespace xesp::dataplane {

/// The way of packets in one direction: receive a batch, through the engine, out of the other interface. One thread.
class Path {
 public:
  /// `check` is for the inbound direction, else nullptr. All references must outlive this object.
  Path(Direction direction, size_t batch, PacketSocket& from, Egress& to, Engine& engine, const InboundCheck* check,
       PathCounters& counters);

  /// Until `stop` or a fault. Sets `fault` when the engine is lost: nothing is forwarded from then on.
  void run(const std::stop_token& stop, Fault& fault) noexcept;

 private:
  void wait() const;
  void turn();
  /// The IP packet of a frame, ready for the engine, or nothing when it was dropped.
  std::optional<PacketIn> take(const Frame& frame);
  /// `tags`: those that the packet came with.
  void forward(const PacketOut& result, std::span<const uint8_t> tags, NextHops::Clock::time_point now);

  Direction direction_;
  size_t batch_;
  PacketSocket& from_;
  Egress& to_;
  Engine& engine_;
  const InboundCheck* check_;
  PathCounters& counters_;

  std::vector<Frame> frames_;
  std::vector<PacketIn> in_;
  std::vector<std::span<const uint8_t>> tags_;  ///< VlanTags in the frames of `in_`
  std::vector<PacketOut> out_;
  std::vector<uint8_t> recovered_;  ///< a copy of the engine's result, to count its TTL down
};

}  // namespace xesp::dataplane
#endif
