// SPDX-License-Identifier: Apache-2.0
//
// Inbound: the verdict on each packet, the replay window (replay_window.h) and the lifetimes (lifetime.h). The window is
// looked at and moved in one step, after the ICV and everything else has passed and in the order of arrival, so no packet
// is judged by a window that is out of date and no forged packet moves one. (An earlier look before decryption would save
// nothing here: a packet's time in the pipeline is the same whatever becomes of it.)
//
// The lifetime comes behind the window: an SA that has ended tells a packet seen before from a new one all the same.
#include "in_replay.h"

using namespace xesp;
using namespace xesp::streams;
using namespace xesp::in_replay_parts;

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
  const Packet p = packet_of(c, r);

  // ---- the window ----
  const replay_window::Rule rule = hls_util::unpack<replay_window::Rule>(t_rule[idx]);
  if (install) t_rule[idx] = hls_util::pack<replay_window::kRuleBits>(r.rule);
  const ap_uint<64> floor = t_floor[idx];
  if (install) t_floor[idx] = r.seq;

  const ap_uint<64> highest = t_top[idx];
  const ap_uint<1> ahead = replay_window::below<64>(highest, r.seq);
  const ap_uint<1> moves = p.ask && ahead;
  if (moves || install) t_top[idx] = r.seq;
  const ap_uint<1> left = !r.replay_off && replay_window::left_of(rule, r.seq, highest);

  const ap_uint<1> in_window = p.ask && !r.replay_off && !left;
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
  const Window w = window_of(p, r, left, accepted[place], floor);

  // ---- lifetime and counters ----
  const lifetime::Limits limits = hls_util::unpack<lifetime::Limits>(t_limits[idx]);
  if (install) t_limits[idx] = hls_util::pack<lifetime::kLimitsBits>(r.limits);
  const lifetime::Left remains = hls_util::unpack<lifetime::Left>(t_left[idx]);
  const ap_uint<1> pass = w.fresh && !remains.none();
  if (pass || install) {
    const lifetime::Left next = lifetime::after(remains, p.done);
    const lifetime::Left whole = lifetime::at_install(r.limits);
    t_left[idx] = install ? hls_util::pack<lifetime::kStateBits>(whole) : hls_util::pack<lifetime::kStateBits>(next);
  }

  top.write(hls_util::pack<kTopBits>(top_of(r, rule, moves)));
  const ap_uint<2> events = lifetime::events(limits, remains, p.done);
  verdict.write(hls_util::pack<kVerdictBits>(verdict_of(c, r, p, w, pass, events, highest, limits, remains)));
}
