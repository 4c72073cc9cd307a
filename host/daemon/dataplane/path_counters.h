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
#define XESP_PATH_COUNTERS(X)                                                                                        \
  X(kReceived, "received", "frames from the steering program")                                                       \
  X(kSent, "sent", "packets handed to the other interface")                                                          \
  X(kSentBytes, "sent_bytes", "bytes of these IP packets")                                                           \
  X(kHeld, "held", "packets that waited for a neighbour's address")                                                  \
  X(kDropFrame, "drop_bad_frame", "frame that is no whole IP packet")                                                \
  X(kDropTtl, "drop_ttl", "TTL or hop limit 0 or 1: not to be forwarded (RFC 1812 5.3.1, RFC 8200 3)")               \
  X(kDropSelector, "drop_selector", "inner packet outside of its SA's selector or policy (XfrmInTmplMismatch)")      \
  X(kFragmented, "fragmented", "packets that were cut to fit (RFC 791 3.2, RFC 8200 4.5)")                           \
  X(kFragments, "fragments", "fragments made of them")                                                               \
  X(kReassembled, "reassembled",                                                                                     \
    "packets put together from fragments: ESP of the peer, or clear ones for transport mode")                        \
  X(kDropFragmentBad, "drop_fragment_bad",                                                                           \
    "fragments that no host makes: lengths, checksum, headers not in the first")                                     \
  X(kDropFragmentCopy, "drop_fragment_copy", "fragments that came twice, of which one is enough")                    \
  X(kDropFragmentOverlap, "drop_fragment_overlap",                                                                   \
    "fragments of a datagram in which some contradict others (RFC 5722)")                                            \
  X(kDropFragmentLong, "drop_fragment_long", "fragments of a datagram longer than the engine takes")                 \
  X(kDropFragmentFull, "drop_fragment_full",                                                                         \
    "fragments that made room for newer ones, or are too many of one datagram")                                      \
  X(kDropFragmentTimeout, "drop_fragment_timeout", "fragments whose datagram did not come whole in time")            \
  X(kMssClamped, "mss_clamped", "TCP SYNs whose MSS was lowered (--mss-clamp)")                                      \
  X(kIcmpTooBig, "icmp_too_big", "senders told: fragmentation needed, packet too big (RFC 1191, RFC 4443)")          \
  X(kIcmpTimeExceeded, "icmp_time_exceeded", "senders told: TTL or hop limit exceeded")                              \
  X(kIcmpLimited, "icmp_limited", "senders not told: too many in too short a time")                                  \
  X(kIcmpNone, "icmp_none", "senders not told: about such a packet no ICMP error may be sent (RFC 1122 3.2.2)")      \
  X(kFromTun, "from_tun", "packets of this host's applications (--tun)")                                             \
  X(kToTun, "to_tun", "recovered packets for them")                                                                  \
  X(kDropTun, "drop_tun", "recovered packets that the kernel did not take from the TUN device")                      \
  X(kDropTunSource, "drop_tun_source", "packets routed to the TUN device whose source is no address of this host")   \
  X(kDropTunRoute, "drop_tun_route", "recovered packets for this host whose sender is not routed to the TUN device") \
  X(kDropOwn, "drop_own", "packet of this host's own that no SA would protect: it has no other way out")             \
  X(kDropTooBig, "drop_too_big", "longer than what fits, and not to be cut")                                         \
  X(kDropUnreachable, "drop_unreachable", "no route, or no answer from the next hop")                                \
  X(kDropElsewhere, "drop_elsewhere", "the route leads to this host or out of another interface")                    \
  X(kDropHoldFull, "drop_hold_full", "too many packets already wait for neighbours")                                 \
  X(kDropSendFull, "drop_send_full", "the interface takes no more packets")

enum PathCounter : unsigned {
#define XESP_X(id, name, text) id,
  XESP_PATH_COUNTERS(XESP_X)
#undef XESP_X
      kPathCounterCount
};

const char* path_counter_name(PathCounter counter);  ///< e.g. "drop_ttl"
const char* path_counter_text(PathCounter counter);

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
