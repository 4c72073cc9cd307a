// SPDX-License-Identifier: Apache-2.0
//
// in_replay for two descriptors a call (pair.h): it does what in_replay would do for the even one and then for the odd
// one. They come together only where both are packets, so what commands write is two copies, one for either to read.
//
// What packets change is two halves: one that only even packets write and one that only odd ones do. Between two
// installs all of it goes one way, so the halves need nothing of each other: of the highest number the larger half
// counts, of what a lifetime leaves the smaller one, of the numbers seen both. What the first of two packets of one SA
// means for the second is told from the two packets, beside the loops. Each half is two copies, one at either's index.
#include "in_replay.h"

#include "pair.h"

using namespace xesp;
using namespace xesp::streams;
using namespace xesp::in_replay_parts;

typedef ap_uint<card::kSaIndexBits> Index;

// What an install says.
struct Installed {
  replay_window::Rule rule;
  ap_uint<64> floor;  // numbers up to it count as seen
  lifetime::Limits limits;
};

template <int SIDE>
static Installed installed_at(const Index& idx, const ap_uint<1>& install, const Rel& command) {
#pragma HLS INLINE
  static ap_uint<replay_window::kRuleBits> t_rule[card::kSaCapacity];
  static ap_uint<64> t_floor[card::kSaCapacity];
  static ap_uint<lifetime::kLimitsBits> t_limits[card::kSaCapacity];
#pragma HLS BIND_STORAGE variable=t_rule type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_floor type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_limits type=ram_2p impl=bram
  Installed i;
  i.rule = hls_util::unpack<replay_window::Rule>(t_rule[idx]);
  if (install) t_rule[idx] = hls_util::pack<replay_window::kRuleBits>(command.rule);
  i.floor = t_floor[idx];
  if (install) t_floor[idx] = command.seq;
  i.limits = hls_util::unpack<lifetime::Limits>(t_limits[idx]);
  if (install) t_limits[idx] = hls_util::pack<lifetime::kLimitsBits>(command.limits);
  return i;
}

// Where the window memory has a number.
struct Place {
  ap_uint<card::kWindowMemoryBits> row;
  ap_uint<replay_window::kTagBits> tag;
  ap_uint<replay_window::kPlaceBits> bit;
};

static Place place_of(const replay_window::Rule& rule, const ap_uint<64>& number) {
#pragma HLS INLINE
  Place p;
  p.row = replay_window::row_of(rule, number);
  p.tag = replay_window::tag_of(rule, number);
  p.bit = number;
  return p;
}

// One half of the window memory: it has the numbers of `own` packets, and is asked for those of the others too. A row
// whose tag is another one's counts as empty here, whatever the other half's row has.
struct Accepted {
  ap_uint<1> own, other;
};

template <int HALF>
static Accepted accepted_in(const Place& own, const Place& other, const ap_uint<1>& own_in_window) {
#pragma HLS INLINE
  static ap_uint<replay_window::kTagBits> t_tag_own[card::kWindowMemoryRows];
  static ap_uint<replay_window::kTagBits> t_tag_other[card::kWindowMemoryRows];
  static ap_uint<replay_window::kBlock> t_bits_own[card::kWindowMemoryRows];
  static ap_uint<replay_window::kBlock> t_bits_other[card::kWindowMemoryRows];
#pragma HLS BIND_STORAGE variable=t_tag_own type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_tag_other type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_bits_own type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_bits_other type=ram_2p impl=bram
  const ap_uint<replay_window::kTagBits> own_tag = t_tag_own[own.row];
  const ap_uint<replay_window::kTagBits> other_tag = t_tag_other[other.row];
  if (own_in_window) t_tag_own[own.row] = own.tag;
  if (own_in_window) t_tag_other[own.row] = own.tag;
  ap_uint<replay_window::kBlock> own_bits = t_bits_own[own.row];
  if (own_tag != own.tag) own_bits = 0;
  ap_uint<replay_window::kBlock> other_bits = t_bits_other[other.row];
  if (other_tag != other.tag) other_bits = 0;
  if (own_in_window) {
    const ap_uint<replay_window::kBlock> bit = ap_uint<replay_window::kBlock>(1) << own.bit;
    ap_uint<replay_window::kBlock> v = own_bits | bit;
    t_bits_own[own.row] = v;
    t_bits_other[own.row] = v;
  }
  Accepted a;
  a.own = own_bits[own.bit];
  a.other = other_bits[other.bit];
  return a;
}

typedef ap_uint<lifetime::kLeftBits> Count;

// Numbers below zero are small (lifetime.h).
static ap_uint<1> less(const Count& a, const Count& b) {
#pragma HLS INLINE
  const Count sign = Count(1) << (lifetime::kLeftBits - 1);
  return replay_window::below<lifetime::kLeftBits>(a ^ sign, b ^ sign);
}

// What packets take.
struct Use {
  ap_uint<2> packets;
  ap_uint<15> bytes;
};

static lifetime::Left less_by(const lifetime::Left& before, const Use& use) {
#pragma HLS INLINE
  return lifetime::after(before, use.packets, use.bytes);
}

// What both halves' counts leave, and leave once something is taken. The subtractions stand beside the comparison.
struct Remains {
  lifetime::Left now, then;
  ap_uint<1> none_then;
};

static Remains remains_of(const lifetime::Left& even, const lifetime::Left& odd, const Use& use) {
#pragma HLS INLINE
  const ap_uint<1> fewer = less(even.packets, odd.packets);
  const ap_uint<1> shorter = less(even.bytes, odd.bytes);
  const lifetime::Left even_then = less_by(even, use);
  const lifetime::Left odd_then = less_by(odd, use);
  Remains r;
  r.now.packets = fewer ? even.packets : odd.packets;
  r.now.bytes = shorter ? even.bytes : odd.bytes;
  r.then.packets = fewer ? even_then.packets : odd_then.packets;
  r.then.bytes = shorter ? even_then.bytes : odd_then.bytes;
  r.none_then = even_then.none() || odd_then.none();
  return r;
}

void in_replay_pair(ChkPairStream& chk, RelPairStream& rel, VerdictPairStream& verdict, TopPairStream& top) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=chk
#pragma HLS INTERFACE axis port=rel
#pragma HLS INTERFACE axis port=verdict
#pragma HLS INTERFACE axis port=top
#pragma HLS PIPELINE II=1 style=flp
  // even_at_odd: the half of even packets, the copy that is read at the odd one's index.
  static ap_uint<64> t_top_even_at_even[card::kSaCapacity];  // highest accepted
  static ap_uint<64> t_top_even_at_odd[card::kSaCapacity];
  static ap_uint<64> t_top_odd_at_even[card::kSaCapacity];
  static ap_uint<64> t_top_odd_at_odd[card::kSaCapacity];
  static ap_uint<lifetime::kStateBits> t_left_even_at_even[card::kSaCapacity];
  static ap_uint<lifetime::kStateBits> t_left_even_at_odd[card::kSaCapacity];
  static ap_uint<lifetime::kStateBits> t_left_odd_at_even[card::kSaCapacity];
  static ap_uint<lifetime::kStateBits> t_left_odd_at_odd[card::kSaCapacity];
#pragma HLS BIND_STORAGE variable=t_top_even_at_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_top_even_at_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_top_odd_at_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_top_odd_at_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_left_even_at_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_left_even_at_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_left_odd_at_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_left_odd_at_odd type=ram_2p impl=bram

  const Pair<kChkBits> chks = hls_util::unpack<Pair<kChkBits> >(chk.read());
  const Pair<kRelBits> rels = hls_util::unpack<Pair<kRelBits> >(rel.read());
  const Chk c0 = hls_util::unpack<Chk>(chks.even);
  const Chk c1 = hls_util::unpack<Chk>(chks.odd);
  const Rel r0 = hls_util::unpack<Rel>(rels.even);
  const Rel r1 = hls_util::unpack<Rel>(rels.odd);
  // A command writes all halves and copies: the one that is not there looks where it does.
  const Index idx0 = rels.has_even ? r0.sa_index : r1.sa_index;
  const Index idx1 = rels.has_odd ? r1.sa_index : r0.sa_index;
  const Rel command = rels.has_even ? r0 : r1;
  const ap_uint<1> install = r0.install || r1.install;  // one that is not there is 0
  const ap_uint<1> same = r0.sa_index == r1.sa_index;  // counts where the even one asks for something
  const Packet p0 = packet_of(c0, r0);
  const Packet p1 = packet_of(c1, r1);

  const Installed i0 = installed_at<0>(idx0, install, command);
  const Installed i1 = installed_at<1>(idx1, install, command);

  // ---- the highest number ----
  const ap_uint<64> top00 = t_top_even_at_even[idx0];
  const ap_uint<64> top01 = t_top_even_at_odd[idx1];
  const ap_uint<64> top10 = t_top_odd_at_even[idx0];
  const ap_uint<64> top11 = t_top_odd_at_odd[idx1];
  const ap_uint<1> ahead0 = replay_window::below<64>(top00, r0.seq) && replay_window::below<64>(top10, r0.seq);
  const ap_uint<1> ahead1 = replay_window::below<64>(top01, r1.seq) && replay_window::below<64>(top11, r1.seq);
  const ap_uint<1> moves0 = p0.ask && ahead0;
  // Ahead of all before, it is behind the even one only where that is ahead of all before too, and so has moved it.
  const ap_uint<1> passed = same && p0.ask && !replay_window::below<64>(r0.seq, r1.seq);
  const ap_uint<1> moves1 = p1.ask && !passed && ahead1;
  if (moves0 || install) {
    const ap_uint<64> v = install ? command.seq : r0.seq;
    t_top_even_at_even[idx0] = v;
    t_top_even_at_odd[idx0] = v;
  }
  if (moves1 || install) {
    const ap_uint<64> v = install ? command.seq : r1.seq;
    t_top_odd_at_even[idx1] = v;
    t_top_odd_at_odd[idx1] = v;
  }
  const ap_uint<64> highest = replay_window::below<64>(top00, top10) ? top10 : top00;  // a command's index is both

  // ---- the window ----
  const ap_uint<1> left00 = replay_window::left_of(i0.rule, r0.seq, top00);
  const ap_uint<1> left01 = replay_window::left_of(i1.rule, r1.seq, top01);
  const ap_uint<1> left10 = replay_window::left_of(i0.rule, r0.seq, top10);
  const ap_uint<1> left11 = replay_window::left_of(i1.rule, r1.seq, top11);
  const ap_uint<1> left_by_even = same && moves0 && replay_window::left_of(i1.rule, r1.seq, r0.seq);
  const ap_uint<1> left0 = !r0.replay_off && (left00 || left10);
  const ap_uint<1> left1 = !r1.replay_off && (left01 || left11 || left_by_even);
  const ap_uint<1> in_window0 = p0.ask && !r0.replay_off && !left0;
  const ap_uint<1> in_window1 = p1.ask && !r1.replay_off && !left1;
  const Place place0 = place_of(i0.rule, r0.seq);
  const Place place1 = place_of(i1.rule, r1.seq);
  const Accepted by_even = accepted_in<0>(place0, place1, in_window0);
  const Accepted by_odd = accepted_in<1>(place1, place0, in_window1);
  const ap_uint<1> twice = same && in_window0 && r0.seq == r1.seq;
  const Window w0 = window_of(p0, r0, left0, by_even.own || by_odd.other, i0.floor);
  const Window w1 = window_of(p1, r1, left1, by_even.other || by_odd.own || twice, i1.floor);

  // ---- lifetime and counters ----
  const lifetime::Left rest00 = hls_util::unpack<lifetime::Left>(t_left_even_at_even[idx0]);
  const lifetime::Left rest01 = hls_util::unpack<lifetime::Left>(t_left_even_at_odd[idx1]);
  const lifetime::Left rest10 = hls_util::unpack<lifetime::Left>(t_left_odd_at_even[idx0]);
  const lifetime::Left rest11 = hls_util::unpack<lifetime::Left>(t_left_odd_at_odd[idx1]);
  // What the even one takes, if something is left; and if nothing is, it is nothing for the odd one all the same.
  const ap_uint<1> before = same && w0.fresh;
  Use own, of_even, of_both;
  own.packets = 1;
  own.bytes = p0.done;
  of_even.packets = before;
  of_even.bytes = before ? p0.done : ap_uint<14>(0);
  of_both.packets = ap_uint<2>(before) + 1;
  of_both.bytes = of_even.bytes + p1.done;
  const ap_uint<1> pass0 = w0.fresh && !rest00.none() && !rest10.none();
  const ap_uint<1> pass1 = w1.fresh && !less_by(rest01, of_even).none() && !less_by(rest11, of_even).none();
  const Remains remains0 = remains_of(rest00, rest10, own);
  const Remains remains1 = remains_of(rest01, rest11, of_both);
  const lifetime::Left whole = lifetime::at_install(command.limits);
  if (pass0 || install) {
    const ap_uint<lifetime::kStateBits> v = install ? hls_util::pack<lifetime::kStateBits>(whole)
                                                    : hls_util::pack<lifetime::kStateBits>(remains0.then);
    t_left_even_at_even[idx0] = v;
    t_left_even_at_odd[idx0] = v;
  }
  if (pass1 || install) {
    const ap_uint<lifetime::kStateBits> v = install ? hls_util::pack<lifetime::kStateBits>(whole)
                                                    : hls_util::pack<lifetime::kStateBits>(remains1.then);
    t_left_odd_at_even[idx1] = v;
    t_left_odd_at_odd[idx1] = v;
  }
  const ap_uint<1> taken = same && pass0;
  const lifetime::Left after_even = lifetime::after(remains1.now, p0.done);
  lifetime::Left found1;  // by the odd one
  found1.packets = taken ? after_even.packets : remains1.now.packets;
  found1.bytes = taken ? after_even.bytes : remains1.now.bytes;
  const ap_uint<2> events0 = cat(remains0.none_then, lifetime::soft(i0.limits, remains0.now, p0.done));
  const ap_uint<2> events1 = cat(remains1.none_then, lifetime::soft(i1.limits, found1, p1.done));

  const Verdict v0 = verdict_of(c0, r0, p0, w0, pass0, events0, highest, i0.limits, remains0.now);
  const Verdict v1 = verdict_of(c1, r1, p1, w1, pass1, events1, highest, i1.limits, found1);
  top.write(pair_word<kTopBits>(rels.has_even, top_of(r0, i0.rule, moves0), rels.has_odd, top_of(r1, i1.rule, moves1)));
  verdict.write(pair_word<kVerdictBits>(rels.has_even, v0, rels.has_odd, v1));
}
