// SPDX-License-Identifier: Apache-2.0
//
// out_sa for two descriptors a clock: what it would do with the even one, and then with the odd one. Only packets come two
// at a time.
//
// A table has one read and one write a call, so it stands here once for each of the two that read it. What packets change
// is, moreover, the XOR of two halves: the even packet writes one and the odd one the other, each such that the sum is its
// new state. Where both are of one SA, only the later one that was sent writes.
#include "out_sa.h"
#include "pair.h"

using namespace xesp;
using namespace xesp::streams;

// A word of each that is there; the odd one's, where it is alone, is what came of it on the even one's way.
template <int W>
static ap_uint<pair_bits(W)> pair_of(const ap_uint<1>& has_even, const ap_uint<1>& has_odd, const ap_uint<W>& first,
                                     const ap_uint<W>& second) {
  Pair<W> p;
  p.has_even = has_even;
  p.has_odd = has_odd;
  p.even = has_even ? first : ap_uint<W>(0);
  p.odd = !has_odd ? ap_uint<W>(0) : has_even ? second : first;
  return hls_util::pack<pair_bits(W)>(p);
}

void out_sa_pair(ReqPairStream& req, EncPairStream& enc, KeyPairStream& key, HpPairStream& hp, HdrPairStream& hdr) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=enc
#pragma HLS INTERFACE axis port=key
#pragma HLS INTERFACE axis port=hp
#pragma HLS INTERFACE axis port=hdr
#pragma HLS PIPELINE II=1 style=flp
  // outbound::Entry, as the even one and as the odd one reads it
  static ap_uint<416> t_key_even[card::kSaCapacity], t_key_odd[card::kSaCapacity];
  static ap_uint<512> t_powers_even[card::kSaCapacity], t_powers_odd[card::kSaCapacity];
  static ap_uint<384> t_tunnel_even[card::kSaCapacity], t_tunnel_odd[card::kSaCapacity];
  static ap_uint<outbound::kControlBits> t_control_even[card::kSaCapacity], t_control_odd[card::kSaCapacity];
  static ap_uint<64> t_limit_even[card::kSaCapacity], t_limit_odd[card::kSaCapacity];
  static ap_uint<128> t_packet_limits_even[card::kSaCapacity], t_packet_limits_odd[card::kSaCapacity];
  static ap_uint<128> t_byte_limits_even[card::kSaCapacity], t_byte_limits_odd[card::kSaCapacity];
  typedef ap_uint<outbound::kStateBits> HalfWord;
  // outbound::State: the half that even packets write, and the one that odd ones do
  static HalfWord t_by_even_even[card::kSaCapacity], t_by_even_odd[card::kSaCapacity];
  static HalfWord t_by_odd_even[card::kSaCapacity], t_by_odd_odd[card::kSaCapacity];
#pragma HLS BIND_STORAGE variable=t_key_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_key_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_powers_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_powers_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_tunnel_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_tunnel_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_control_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_control_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_limit_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_limit_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_packet_limits_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_packet_limits_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_byte_limits_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_byte_limits_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_by_even_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_by_even_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_by_odd_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_by_odd_odd type=ram_2p impl=bram

  // A word that comes alone goes the even one's way, so no command goes the odd one's.
  typedef Pair<kReqBits> ReqPair;
  const ReqPair in = hls_util::unpack<ReqPair>(req.read());
  const ap_uint<1> both = in.has_even & in.has_odd;
  const Req even = hls_util::unpack<Req>(in.has_even ? in.even : in.odd);
  Req odd = hls_util::unpack<Req>(in.odd);
  odd.packet = both;
  const ap_uint<card::kSaIndexBits> at_even = even.sa_index;
  const ap_uint<card::kSaIndexBits> at_odd = both ? odd.sa_index : even.sa_index;
  const ap_uint<1> same = at_even == at_odd;  // of one that is alone too: but then the odd one wants nothing

  outbound::Entry even_sa, odd_sa;
  even_sa.key = t_key_even[at_even];
  even_sa.powers = t_powers_even[at_even];
  even_sa.tunnel = t_tunnel_even[at_even];
  even_sa.control = t_control_even[at_even];
  even_sa.packet_limits = t_packet_limits_even[at_even];
  even_sa.byte_limits = t_byte_limits_even[at_even];
  even_sa.limit = t_limit_even[at_even];
  odd_sa.key = t_key_odd[at_odd];
  odd_sa.powers = t_powers_odd[at_odd];
  odd_sa.tunnel = t_tunnel_odd[at_odd];
  odd_sa.control = t_control_odd[at_odd];
  odd_sa.packet_limits = t_packet_limits_odd[at_odd];
  odd_sa.byte_limits = t_byte_limits_odd[at_odd];
  odd_sa.limit = t_limit_odd[at_odd];
  const outbound::Command c = outbound::command_of(even, even_sa);
  if (c.key) t_key_even[at_even] = t_key_odd[at_even] = c.entry.key;
  if (c.powers) t_powers_even[at_even] = t_powers_odd[at_even] = c.entry.powers;
  if (c.tunnel) t_tunnel_even[at_even] = t_tunnel_odd[at_even] = c.entry.tunnel;
  if (c.control) t_control_even[at_even] = t_control_odd[at_even] = c.entry.control;
  if (c.tunnel) t_packet_limits_even[at_even] = t_packet_limits_odd[at_even] = c.entry.packet_limits;
  if (c.take) t_byte_limits_even[at_even] = t_byte_limits_odd[at_even] = c.entry.byte_limits;
  if (c.limit) t_limit_even[at_even] = t_limit_odd[at_even] = c.entry.limit;

  const outbound::Way even_way = outbound::way_of(even, even_sa, c.refused);
  const outbound::Way odd_way = outbound::way_of(odd, odd_sa, 0);

  // ---- the loop: all that may hold is judged side by side, and chosen by what the even one comes to ----
  const HalfWord odd_half = t_by_odd_even[at_even];
  const outbound::State s = hls_util::unpack<outbound::State>(HalfWord(t_by_even_even[at_even] ^ odd_half));
  const ap_uint<64> last = even_sa.last_number();
  outbound::Found even_found;
  even_found.seq = s.seq;
  even_found.remains = s.left;
  even_found.left = s.seq < last;
  even_found.alive = !s.left.none();
  even_found.sent = even_way.wants & even_found.left & even_found.alive;
  outbound::State once;
  once.seq = s.seq + 1;
  once.left = lifetime::after(s.left, even.in_len);

  // The odd one, where it is the second of its SA: the even one was sent, so `last` is not 0 ...
  const ap_uint<1> second_wants = same & odd_way.wants;
  const ap_uint<1> second_left = s.seq < ap_uint<64>(last - 1);
  const ap_uint<1> second_alive = !once.left.none();
  const ap_uint<1> second_sent = second_wants & second_left & second_alive;
  outbound::State twice;
  twice.seq = s.seq + 2;
  twice.left = lifetime::after(s.left, 2, ap_uint<15>(even.in_len + odd.in_len));

  // ... and else.
  const HalfWord even_half = t_by_even_odd[at_odd];
  const outbound::State t = hls_util::unpack<outbound::State>(HalfWord(t_by_odd_odd[at_odd] ^ even_half));
  const ap_uint<1> first_left = t.seq < odd_sa.last_number();
  const ap_uint<1> first_alive = !t.left.none();
  const ap_uint<1> first_sent = odd_way.wants & first_left & first_alive;
  outbound::State other;
  other.seq = t.seq + 1;
  other.left = lifetime::after(t.left, odd.in_len);

  const ap_uint<1> second = same & even_found.sent;
  outbound::Found odd_found;
  odd_found.seq = second ? once.seq : t.seq;
  odd_found.remains = second ? once.left : t.left;
  odd_found.left = second ? second_left : first_left;
  odd_found.alive = second ? second_alive : first_alive;
  odd_found.sent = second ? second_sent : first_sent;

  // The choice comes last in all of this: with a command neither `second` nor `second_sent` is 1.
  const ap_uint<1> even_takes = even_found.sent | c.take;
  if (even_takes & ~second_sent) {
    HalfWord v = hls_util::pack<outbound::kStateBits>(once) ^ odd_half;
    if (c.take) v = hls_util::pack<outbound::kStateBits>(c.state);
    t_by_even_even[at_even] = v;
    t_by_even_odd[at_even] = v;
  }
  const HalfWord by_second = hls_util::pack<outbound::kStateBits>(twice) ^ even_half;
  HalfWord by_first = hls_util::pack<outbound::kStateBits>(other) ^ even_half;
  if (c.take) by_first = 0;
  const ap_uint<1> first_writes = first_sent | c.take;
  const ap_uint<1> odd_writes = second ? second_sent : first_writes;
  if (odd_writes) {
    const HalfWord v = second ? by_second : by_first;
    t_by_odd_even[at_odd] = v;
    t_by_odd_odd[at_odd] = v;
  }

  const outbound::Words even_words = outbound::words_of(even, even_sa, even_way, even_found);
  const outbound::Words odd_words = outbound::words_of(odd, odd_sa, odd_way, odd_found);
  const ap_uint<1> has_even = in.has_even & even.last;
  const ap_uint<1> has_odd = in.has_odd & odd.last;
  if (has_even | has_odd) {
    enc.write(pair_of(has_even, has_odd, even_words.enc, odd_words.enc));
    key.write(pair_of(has_even, has_odd, even_words.key, odd_words.key));
    hp.write(pair_of(has_even, has_odd, even_words.hp, odd_words.hp));
    hdr.write(pair_of(has_even, has_odd, even_words.hdr, odd_words.hdr));
  }
}
