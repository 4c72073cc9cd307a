// SPDX-License-Identifier: Apache-2.0
//
// Inbound: IPv4 and ESP headers off, the ciphertext moved to the front of a beat, the ICV taken from behind it
// (RFC 4303 3.4.4). One beat a call, in or out: a packet takes as many calls as it has beats.
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

static const int kHead = 8 * (card::kIpv4HeaderBytes + card::kEspHeaderBytes);  // 288 bits
static const int kRest = 512 - kHead;

void in_strip(RawStream& raw, StripStream& strip, PtStream& pt, IcvStream& icv) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=raw
#pragma HLS INTERFACE axis port=strip
#pragma HLS INTERFACE axis port=pt
#pragma HLS INTERFACE axis port=icv
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> filled = 0;      // a packet's first beat is in `carry`
  static ap_uint<1> ahead = 0;       // `held_strip` was read by the packet before
  static ap_uint<1> inside = 0;      // a dummy's first beat is gone
  static ap_uint<1> fresh = 0;       // nothing of the packet in `carry` is written yet
  static ap_uint<1> more_raw = 0;    // beats of this packet are still in `raw`
  static ap_uint<1> ending = 0;      // `left` is 1
  static ap_uint<8> left = 0;        // beats of ciphertext still to write
  static ap_uint<kStripBits> held_strip = 0;
  static ap_uint<kRest> carry = 0;   // bytes 36..63 of the beat before

  // Where all that is left of a packet stands in `carry`, the call that writes it has room for the next one's first
  // beat; whether one comes at all in this run is known, so nothing is ever waited for in vain.
  const Strip held = hls_util::unpack<Strip>(held_strip);
  const ap_uint<1> look = filled && ending && !more_raw && !held.final;
  const ap_uint<1> begin = !filled && !ahead && !inside;
  const ap_uint<1> take = look || begin;
  ap_uint<kStripBits> bits = 0;
  if (take) bits = strip.read();
  const Strip s = hls_util::unpack<Strip>(bits);

  const ap_uint<1> fill = take && !s.dummy;
  const ap_uint<1> dummy = (begin && s.dummy) || ahead || inside;
  const ap_uint<1> has = more_raw || (begin && s.beats) || (ahead && held.beats) || (look && !s.dummy);
  ap_uint<kRawBits> raw_bits = 0;
  if (has) raw_bits = raw.read();
  const Beat in = hls_util::unpack<Beat>(raw_bits);
  const ap_uint<1> more = has && !in.last;

  // 92 bytes from the ciphertext's point of view. The call that writes the last ciphertext has the whole ICV in it: 64
  // bytes or less are left, so it ends at byte 80 or before, and the packet ends before the beat that follows this one.
  const ap_uint<512 + kRest> window = cat(in.data, carry);
  ap_uint<5> words = 16;
  if (ending) words = held.text.last_words;
  ap_uint<512> data = window.range(511, 0);
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    if (words <= w || dummy) data.range(32 * w + 31, 32 * w) = 0;
  }

  Text t;
  t.data = data;
  t.bytes = cat(words, ap_uint<2>(0));
  if (dummy) t.bytes = 0;
  t.last = dummy || ending;
  t.first = dummy || fresh;
  t.dummy = dummy;
  t.decrypt = 1;
  t.plain = held.plain;
  if (filled || (dummy && !more)) pt.write(hls_util::pack<kPtBits>(t));

  const ap_uint<4> before = words - 1;  // the ICV begins one word later at the earliest
  if ((filled && ending) || (dummy && !more)) {
    Icv i;
    i.received = ap_uint<128>(ap_uint<512 + 96>(window.range(639, 32)) >> cat(before, ap_uint<5>(0)));
    i.cut = held.icv_cut;
    icv.write(hls_util::pack<kIcvBits>(i));
  }

  ahead = look && s.dummy;
  inside = dummy && more;
  filled = fill || (filled && !ending);
  fresh = fill;
  more_raw = more;
  ending = fill ? s.text.one : ap_uint<1>(left == 2);
  left = fill ? s.text.beats : ap_uint<8>(left - 1);
  held_strip = take ? bits : held_strip;
  carry = in.data.range(511, kHead);
}
