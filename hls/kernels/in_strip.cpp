// SPDX-License-Identifier: Apache-2.0
//
// Inbound: IPv4 and ESP headers off, the ciphertext moved to the front of a beat, the ICV taken from behind it
// (RFC 4303 3.4.4). One beat a call; each packet spends one call more to fill the shifter.
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
  static ap_uint<1> first = 1;
  static ap_uint<1> began = 0;
  static ap_uint<1> more_raw = 0;    // beats of this packet are still in `raw`
  static ap_uint<1> ending = 0;      // `left` is 64 or less
  static ap_uint<14> left = 0;       // ciphertext bytes still to write
  static ap_uint<kStripBits> held_strip = 0;
  static ap_uint<kRest> carry = 0;   // bytes 36..63 of the beat before

  ap_uint<kStripBits> bits = held_strip;
  if (first) bits = strip.read();
  const Strip s = hls_util::unpack<Strip>(bits);
  const ap_uint<1> has = first ? s.beats : more_raw;

  ap_uint<kRawBits> raw_bits = 0;
  if (has) raw_bits = raw.read();
  const Beat in = hls_util::unpack<Beat>(raw_bits);
  const ap_uint<1> more = has && !in.last;
  const ap_uint<1> emit = s.dummy ? ap_uint<1>(!more) : ap_uint<1>(!first);

  // 92 bytes from the ciphertext's point of view. The call that writes the last ciphertext has the whole ICV in it: 64
  // bytes or less are left, so it ends at byte 80 or before, and the packet ends before the beat that follows this one.
  const ap_uint<512 + kRest> window = cat(in.data, carry);
  ap_uint<5> words = 16;
  if (ending) words = left.range(6, 2);
  ap_uint<512> data = window.range(511, 0);
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    if (words <= w || s.dummy) data.range(32 * w + 31, 32 * w) = 0;
  }

  Text t;
  t.data = data;
  t.bytes = cat(words, ap_uint<2>(0));
  if (s.dummy) t.bytes = 0;
  t.last = s.dummy || ending;
  t.first = !began;
  t.dummy = s.dummy;
  t.decrypt = 1;
  if (emit) pt.write(hls_util::pack<kPtBits>(t));

  const ap_uint<1> end = emit && t.last;
  const ap_uint<4> before = words - 1;  // the ICV begins one word later at the earliest
  if (end) icv.write(ap_uint<kIcvBits>(ap_uint<512 + 96>(window.range(639, 32)) >> cat(before, ap_uint<5>(0))));

  ending = first ? ap_uint<1>(s.ct_len <= 64) : ap_uint<1>(left <= 128);
  left = first ? s.ct_len : ap_uint<14>(left - 64);
  first = end;
  began = !end && (began || emit);
  more_raw = more;
  held_strip = bits;
  carry = in.data.range(511, kHead);
}
