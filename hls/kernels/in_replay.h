// SPDX-License-Identifier: Apache-2.0
//
// What in_replay and in_replay_pair share: all but the tables. Of one descriptor: what is wrong with a packet beside its
// number and its SA's lifetime, and the verdict.
#ifndef XESP_KERNELS_IN_REPLAY_H
#define XESP_KERNELS_IN_REPLAY_H

#include "ah.h"
#include "esn.h"
#include "ip.h"
#include "kernels.h"

namespace xesp {
namespace in_replay_parts {

using namespace streams;
using hls_util::cat;

// ---- everything but the window ----
struct Packet {
  ap_uint<1> ask;         // nothing is wrong so far: the window decides
  ap_uint<8> early;       // the status where something is, and of a command
  ap_uint<1> empty;       // RFC 4303 2.6: a dummy packet, whatever is in it
  ap_uint<14> out_len;
  ap_uint<14> done;       // bytes as lifetimes count them
  ap_uint<8> next_header;
  ap_uint<1> inner_v6;
  ap_uint<8> tos;
  ap_uint<1> new_tos;
};

inline Packet packet_of(const Chk& c, const Rel& r) {
  const ap_uint<9> trailer = ap_uint<9>(c.pad_len) + 2;
  const ap_uint<14> payload = r.ah ? r.ct_len : ap_uint<14>(r.ct_len - trailer);  // pad_ok holds trailer <= ct_len
  const ap_uint<1> pad_ok = r.ah || c.pad_ok;
  const ap_uint<8> ah_next = ah::front_of(r.head, r.v6).range(7, 0);
  const ap_uint<8> next_header = r.ah ? ah_next : c.next_header;
  const ap_uint<1> empty = !r.ah && next_header == ip::kNoNext;
  const ap_uint<1> inner_v6 = next_header == ip::kInV6;
  // Behind the inner packet there may be TFC padding (RFC 4303 2.7).
  const ap_uint<4> version = c.inner.range(7, 4);
  const ap_uint<4> ihl = c.inner.range(3, 0);
  const ap_uint<17> v4_len = hls_util::be_at<2, 16>(c.inner);
  const ap_uint<17> v6_len = ap_uint<17>(hls_util::be_at<4, 16>(c.inner)) + card::kIpv6HeaderBytes;
  const ap_uint<17> inner_len = inner_v6 ? v6_len : v4_len;
  const ap_uint<1> no_v4 = version != 4 || ihl < 5 || v4_len < card::kIpv4HeaderBytes;
  const ap_uint<1> inner_bad = inner_len > payload || (inner_v6 ? ap_uint<1>(version != 6) : no_v4);
  const ap_uint<14> with_header = payload + cat(r.ip_words, ap_uint<2>(0));
  const ap_uint<14> out_len = r.transport ? with_header : ap_uint<14>(inner_len);
  const ap_uint<1> header_bad = !r.transport && !empty && next_header != ip::kInV4 && !inner_v6;
  const ap_uint<1> wrong_shape = header_bad || (!r.transport && !empty && inner_bad);
  // RFC 6040 4.2: what was marked on the way goes into the inner header, or the packet is dropped where that can't say it.
  const ap_uint<8> outer_tos = ip::tos_of(r.head, r.v6);
  const ap_uint<2> outer_ecn = r.no_ecn ? ap_uint<2>(0) : ap_uint<2>(outer_tos.range(1, 0));
  const ap_uint<8> inner_tos = ip::tos_of(c.inner, inner_v6);
  const ap_uint<2> inner_ecn = inner_tos.range(1, 0);
  const ap_uint<1> not_marked = !r.transport && !empty && outer_ecn == 3 && inner_ecn == 0;
  ap_uint<2> ecn = inner_ecn;
  if (inner_ecn == 2 && outer_ecn == 1) ecn = 1;
  if (outer_ecn == 3) ecn = 3;
  const ap_uint<6> dscp = r.copy_dscp ? ap_uint<6>(outer_tos.range(7, 2)) : ap_uint<6>(inner_tos.range(7, 2));
  const ap_uint<1> small = !empty && out_len > r.out_cap;
  ap_uint<8> early = r.status;
  if (r.packet) {
    if (!c.icv_ok) {
      early = card::kDropIcv;
    } else if (!pad_ok) {
      early = card::kDropPadding;
    } else if (wrong_shape) {
      early = header_bad ? card::kDropNextHeader : card::kDropInner;
    } else if (not_marked) {
      early = card::kDropEcn;
    } else if (small) {
      early = card::kDropOutputTooBig;
    }
  }
  Packet p;
  p.ask = r.packet && c.icv_ok && pad_ok && !wrong_shape && !not_marked && !small;
  p.early = early;
  p.empty = empty;
  p.out_len = out_len;
  p.done = empty ? ap_uint<14>(0) : out_len;
  p.next_header = next_header;
  p.inner_v6 = inner_v6;
  p.tos = cat(dscp, ecn);
  p.new_tos = !r.transport && p.tos != inner_tos;
  return p;
}

// ---- what the window says ----
struct Window {
  ap_uint<1> left;     // of it
  ap_uint<1> outside;
  ap_uint<1> fresh;
};

// `accepted`: the memory has the number. `floor`: the SA's numbers up to it count as seen.
inline Window window_of(const Packet& p, const Rel& r, const ap_uint<1>& left, const ap_uint<1>& accepted,
                        const ap_uint<64>& floor) {
  Window w;
  w.left = left;
  w.outside = left || r.seq == 0;  // 0 is never sent
  const ap_uint<1> seen = accepted || r.seq <= floor;
  w.fresh = p.ask && (r.replay_off || (!w.outside && !seen));
  return w;
}

inline Top top_of(const Rel& r, const replay_window::Rule& rule, const ap_uint<1>& moves) {
  Top t;
  t.valid = moves;
  t.sa_index = r.sa_index;
  t.epoch = rule.epoch;
  t.edge = esn::edge(r.seq, rule.window);
  return t;
}

// ---- the verdict ----
// `pass`: fresh, and the SA had something `remaining`. `events`: if so. `highest`: the number accepted so far, for a
// command.
inline Verdict verdict_of(const Chk& c, const Rel& r, const Packet& p, const Window& w, const ap_uint<1>& pass,
                          const ap_uint<2>& events, const ap_uint<64>& highest, const lifetime::Limits& limits,
                          const lifetime::Left& remaining) {
  ap_uint<8> status = p.early;
  if (p.ask && !pass) {
    status = card::kDropExpired;
    if (!w.fresh) status = w.outside ? card::kDropReplayOld : card::kDropReplay;
  } else if (pass && p.empty) {
    status = card::kDropDummy;
  }
  // The present edge would have made another number of it (esn.h).
  if (r.packet && c.icv_ok && r.esn && w.left) status = card::kDropIcv;

  Verdict o;
  o.status = status;
  o.op = r.op;
  o.sa_index = r.sa_index;
  o.held = c.held;
  o.words = r.transport ? r.ip_words : ap_uint<5>(0);
  o.out_len = pass && !p.empty ? p.out_len : ap_uint<14>(0);
  o.seq = r.op == card::kOpPacket ? r.seq : highest;
  o.packets = lifetime::packets_done(limits, remaining);
  o.bytes = lifetime::bytes_done(limits, remaining);
  o.events = pass ? events : ap_uint<2>(0);
  o.tos = p.tos;
  o.new_tos = p.new_tos;
  o.head = r.head;
  o.next_at = r.next_at;
  o.protocol = p.next_header;
  o.v6 = r.transport ? r.v6 : p.inner_v6;
  return o;
}

}  // namespace in_replay_parts
}  // namespace xesp
#endif
