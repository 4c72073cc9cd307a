// SPDX-License-Identifier: Apache-2.0
//
// Inbound: the verdict on each packet, the replay window (replay_window.h) and the lifetimes (lifetime.h). The window is
// looked at and moved in one step, after the ICV and everything else has passed and in the order of arrival, so no packet
// is judged by a window that is out of date and no forged packet moves one. (An earlier look before decryption would save
// nothing here: a packet's time in the pipeline is the same whatever becomes of it.)
//
// The lifetime comes behind the window: an SA that has ended tells a packet seen before from a new one all the same.
#include "ah.h"
#include "esn.h"
#include "ip.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

void in_replay(ChkStream& chk, RelStream& rel, VerdictStream& verdict, TopStream& top) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=chk
#pragma HLS INTERFACE axis port=rel
#pragma HLS INTERFACE axis port=verdict
#pragma HLS INTERFACE axis port=top
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<replay_window::kRuleBits> t_rule[card::kSaCapacity];
  static ap_uint<lifetime::kLimitsBits> t_limits[card::kSaCapacity];
  static ap_uint<64> t_floor[card::kSaCapacity];                           // numbers up to it count as seen
  static ap_uint<64> t_top[card::kSaCapacity];                             // highest accepted
  static ap_uint<replay_window::kTagBits> t_tag[card::kWindowMemoryRows];  // the window memory: whose bits ...
  static ap_uint<replay_window::kBlock> t_bits[card::kWindowMemoryRows];   // ... and which numbers were accepted
  static ap_uint<lifetime::kStateBits> t_left[card::kSaCapacity];
#pragma HLS BIND_STORAGE variable=t_rule type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_limits type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_floor type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_top type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_tag type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_bits type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_left type=ram_2p impl=bram

  const Chk c = hls_util::unpack<Chk>(chk.read());
  const Rel r = hls_util::unpack<Rel>(rel.read());
  const ap_uint<card::kSaIndexBits> idx = r.sa_index;
  const ap_uint<1> install = r.install;

  // ---- everything but the window ----
  const ap_uint<9> trailer = ap_uint<9>(c.pad_len) + 2;
  const ap_uint<14> payload = r.ah ? r.ct_len : ap_uint<14>(r.ct_len - trailer);  // pad_ok holds trailer <= ct_len
  const ap_uint<1> pad_ok = r.ah || c.pad_ok;
  const ap_uint<8> ah_next = ah::front_of(r.head, r.v6).range(7, 0);
  const ap_uint<8> next_header = r.ah ? ah_next : c.next_header;
  const ap_uint<1> empty = !r.ah && next_header == ip::kNoNext;  // RFC 4303 2.6: a dummy packet, whatever is in it
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
  const ap_uint<1> ask = r.packet && c.icv_ok && pad_ok && !wrong_shape && !not_marked && !small;

  // ---- the window ----
  const replay_window::Rule rule = hls_util::unpack<replay_window::Rule>(t_rule[idx]);
  if (install) t_rule[idx] = hls_util::pack<replay_window::kRuleBits>(r.rule);
  const ap_uint<64> floor = t_floor[idx];
  if (install) t_floor[idx] = r.seq;

  const ap_uint<64> highest = t_top[idx];
  const ap_uint<1> ahead = replay_window::below<64>(highest, r.seq);
  const ap_uint<1> moves = ask && ahead;
  if (moves || install) t_top[idx] = r.seq;
  const ap_uint<1> left = !r.replay_off && replay_window::left_of(rule, r.seq, highest);

  const ap_uint<1> in_window = ask && !r.replay_off && !left;
  const ap_uint<card::kWindowMemoryBits> row = replay_window::row_of(rule, r.seq);
  const ap_uint<replay_window::kTagBits> tag = replay_window::tag_of(rule, r.seq);
  const ap_uint<replay_window::kTagBits> row_tag = t_tag[row];
  if (in_window) t_tag[row] = tag;
  const ap_uint<1> ours = row_tag == tag;
  const ap_uint<replay_window::kPlaceBits> place = r.seq;
  const ap_uint<replay_window::kBlock> bit = ap_uint<replay_window::kBlock>(1) << place;
  const ap_uint<replay_window::kBlock> row_bits = t_bits[row];
  ap_uint<replay_window::kBlock> accepted = row_bits;
  if (!ours) accepted = 0;
  if (in_window) {
    ap_uint<replay_window::kBlock> v = accepted | bit;
    t_bits[row] = v;
  }
  const ap_uint<1> outside = left || r.seq == 0;  // 0 is never sent
  const ap_uint<1> seen = accepted[place] || r.seq <= floor;
  const ap_uint<1> fresh = ask && (r.replay_off || (!outside && !seen));

  // ---- lifetime and counters ----
  const lifetime::Limits limits = hls_util::unpack<lifetime::Limits>(t_limits[idx]);
  if (install) t_limits[idx] = hls_util::pack<lifetime::kLimitsBits>(r.limits);
  const lifetime::Left remains = hls_util::unpack<lifetime::Left>(t_left[idx]);
  const ap_uint<1> pass = fresh && !remains.none();
  const ap_uint<14> done = empty ? ap_uint<14>(0) : out_len;
  if (pass || install) {
    const lifetime::Left next = lifetime::after(remains, done);
    const lifetime::Left whole = lifetime::at_install(r.limits);
    t_left[idx] = install ? hls_util::pack<lifetime::kStateBits>(whole) : hls_util::pack<lifetime::kStateBits>(next);
  }

  ap_uint<8> status = early;
  if (ask && !pass) {
    status = card::kDropExpired;
    if (!fresh) status = outside ? card::kDropReplayOld : card::kDropReplay;
  } else if (pass && empty) {
    status = card::kDropDummy;
  }
  // The present edge would have made another number of it (esn.h).
  if (r.packet && c.icv_ok && r.esn && left) status = card::kDropIcv;

  Top t;
  t.valid = moves;
  t.sa_index = idx;
  t.epoch = rule.epoch;
  t.edge = esn::edge(r.seq, rule.window);
  top.write(hls_util::pack<kTopBits>(t));

  Verdict o;
  o.status = status;
  o.op = r.op;
  o.sa_index = r.sa_index;
  o.held = c.held;
  o.words = r.transport ? r.ip_words : ap_uint<5>(0);
  o.out_len = pass && !empty ? out_len : ap_uint<14>(0);
  o.seq = r.op == card::kOpPacket ? r.seq : highest;
  o.packets = lifetime::packets_done(limits, remains);
  o.bytes = lifetime::bytes_done(limits, remains);
  o.events = pass ? lifetime::events(limits, remains, done) : ap_uint<2>(0);
  o.tos = cat(dscp, ecn);
  o.new_tos = !r.transport && o.tos != inner_tos;
  o.head = r.head;
  o.next_at = r.next_at;
  o.protocol = next_header;
  o.v6 = r.transport ? r.v6 : inner_v6;
  verdict.write(hls_util::pack<kVerdictBits>(o));
}
