// SPDX-License-Identifier: Apache-2.0
//
// Inbound: the headers off, the ciphertext moved to the front of a beat, the ICV taken from behind it (RFC 4303 3.4.4; AH's
// was in front, and in_sa has it). One beat a call, in or out: a packet takes as many calls as it has beats. A short end
// that came with the descriptor (`tail`) is no beat: it is there in the call that needs it.
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

void in_strip(RawStream& raw, TailStream& tail, StripStream& strip, PtStream& pt, IcvStream& icv) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=raw
#pragma HLS INTERFACE axis port=tail
#pragma HLS INTERFACE axis port=strip
#pragma HLS INTERFACE axis port=pt
#pragma HLS INTERFACE axis port=icv
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> filled = 0;      // a packet's last beat with headers is in `carry`
  static ap_uint<1> far = 0;         // of a packet with long headers the first beat is gone
  static ap_uint<1> ahead = 0;       // `held_strip` was read by the packet before
  static ap_uint<1> inside = 0;      // a dummy's first beat is gone
  static ap_uint<1> fresh = 0;       // nothing of the packet in `carry` is written yet
  static ap_uint<1> more_raw = 0;    // beats of this packet are still in `raw`
  static ap_uint<1> ending = 0;      // `left` is 1
  static ap_uint<1> after = 0;       // all text is written, and the ICV ends in a beat of its own
  static ap_uint<8> left = 0;        // beats of ciphertext still to write
  static ap_uint<kStripBits> held_strip = 0;
  static ap_uint<kTailBits> held_tail = 0;
  static ap_uint<512> carry = 0;     // the beat before

  // Where all that is left of a packet stands in `carry`, the call that writes it has room for the next one's first
  // beat; whether one comes at all in this run is known, so nothing is ever waited for in vain.
  const Strip held = hls_util::unpack<Strip>(held_strip);
  const ap_uint<1> look = filled && ending && !more_raw && !held.final;
  const ap_uint<1> begin = !filled && !far && !ahead && !inside && !after;
  const ap_uint<1> take = look || begin;
  ap_uint<kStripBits> bits = 0;
  ap_uint<kTailBits> tail_bits = held_tail;
  if (take) {
    bits = strip.read();
    tail_bits = tail.read();
  }
  const Strip s = hls_util::unpack<Strip>(bits);

  const ap_uint<1> enter = take && !s.dummy;
  const ap_uint<1> dummy = (begin && s.dummy) || ahead || inside;
  const ap_uint<1> has = more_raw || (begin && s.beats) || (ahead && held.beats) || (look && !s.dummy);
  ap_uint<kRawBits> raw_bits = 0;
  if (has) raw_bits = raw.read();
  const Beat in = hls_util::unpack<Beat>(raw_bits);
  const ap_uint<1> more = has && !in.last;

  // What follows `carry`, of the same packet: a beat, or its tail behind the last one (then `in` may be the next packet's).
  const ap_uint<512> behind = more_raw ? in.data : ap_uint<512>(held_tail);
  const ap_uint<512> window = hls_util::window_at(carry, behind, held.head);
  Text t;
  t.bytes = ending ? held.text.last_bytes() : ap_uint<7>(64);
  if (dummy) t.bytes = 0;
  t.data = hls_util::keep_bytes(window, t.bytes);
  t.last = dummy || ending;
  t.first = dummy || fresh;
  t.dummy = dummy;
  t.decrypt = 1;
  t.plain = held.plain;
  if (filled || (dummy && !more)) pt.write(hls_util::pack<kPtBits>(t));

  // The ICV, in the call that has its last byte: counted from `carry`'s word 0 it begins at word 2 .. 32, and a beat
  // earlier, perhaps, in the call after the text's. What that call has in `carry` was `in` in the one before. A tail may
  // stand behind two beats and have all of the ICV, or a part.
  const ap_uint<1> own_more = more_raw && more;  // not the next packet's
  const ap_uint<1> closed = filled && ending && !own_more;
  const ap_uint<6> begins = ap_uint<6>(held.head) + held.text.last_words;
  const ap_uint<5> at = after ? ap_uint<5>(begins - 16) : ap_uint<5>(begins);
  const ap_uint<1> all_in_tail = !after && begins[5];
  const ap_uint<1024 + 96> both = cat(ap_uint<96>(held_tail.range(95, 0)), behind, carry);
  if (closed || after || (dummy && !more)) {
    Icv i;
    i.received = all_in_tail ? held_tail : ap_uint<128>(both >> cat(at, ap_uint<5>(0)));
    if (held.ah) i.received = held.received;
    i.cut = held.icv_cut;
    icv.write(hls_util::pack<kIcvBits>(i));
  }

  const ap_uint<1> fill = (enter && !s.far) || far;
  const ap_uint<1> one = enter ? s.text.one : held.text.one;
  const ap_uint<8> beats = enter ? s.text.beats : held.text.beats;
  ahead = look && s.dummy;
  inside = dummy && more;
  after = filled && ending && own_more;
  far = enter && s.far;
  filled = fill || (filled && !ending);
  fresh = fill;
  more_raw = more;
  ending = fill ? one : ap_uint<1>(left == 2);
  left = fill ? beats : ap_uint<8>(left - 1);
  held_strip = take ? bits : held_strip;
  carry = has ? in.data : behind;
  held_tail = tail_bits;
}
