// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_PATH_COUNTERS_H
#define XESP_DAEMON_DATAPLANE_PATH_COUNTERS_H

#include <array>
#include <atomic>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "xesp_abi.h"

namespace xesp::dataplane {

/// What xespd itself counts in a direction, beside the engine's drop reasons: id, name, text.
#define XESP_PATH_COUNTERS(X)                                                                                   \
  X(kReceived, "received", "frames from the steering program")                                                  \
  X(kSent, "sent", "packets handed to the other interface")                                                     \
  X(kSentBytes, "sent_bytes", "bytes of these IP packets")                                                      \
  X(kHeld, "held", "packets that waited for a neighbour's address")                                             \
  X(kDropFrame, "drop_bad_frame", "frame without metadata or a whole IP packet")                                \
  X(kDropTtl, "drop_ttl", "TTL or hop limit 0 or 1: not to be forwarded (RFC 1812 5.3.1, RFC 8200 3)")          \
  X(kDropSelector, "drop_selector", "inner packet outside of its SA's selector or policy (XfrmInTmplMismatch)") \
  X(kDropTooBig, "drop_too_big", "longer than the interface's MTU")                                             \
  X(kDropUnreachable, "drop_unreachable", "no route, or no answer from the next hop")                           \
  X(kDropElsewhere, "drop_elsewhere", "the route leads to this host or out of another interface")               \
  X(kDropHoldFull, "drop_hold_full", "too many packets already wait for neighbours")                            \
  X(kDropSendFull, "drop_send_full", "the interface takes no more packets")

enum PathCounter : unsigned {
#define XESP_X(id, name, text) id,
  XESP_PATH_COUNTERS(XESP_X)
#undef XESP_X
      kPathCounterCount
};

/// Counters of one direction. Its thread adds, any thread reads.
class PathCounters {
 public:
  void add(PathCounter counter, uint64_t n = 1) { own_[counter].fetch_add(n, std::memory_order_relaxed); }
  void add(abi::DropReason reason) { engine_[reason].fetch_add(1, std::memory_order_relaxed); }
  /// All of them by name; the engine's reasons under "engine".
  nlohmann::json json() const;

 private:
  std::array<std::atomic<uint64_t>, kPathCounterCount> own_{};
  std::array<std::atomic<uint64_t>, abi::kDropReasonCount> engine_{};
};

}  // namespace xesp::dataplane
#endif
