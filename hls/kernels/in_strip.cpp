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
  static ap_uint<kStripBits> held_strip = 0;
  static ap_uint<8> left_in = 0;     // beats of raw still to read
  static ap_uint<14> text_left = 0;  // ciphertext bytes not yet written
  static ap_uint<kRest> carry = 0;   // bytes 36..63 of the beat before

  ap_uint<kStripBits> bits = held_strip;
  if (first) bits = strip.read();
  const Strip s = hls_util::unpack<Strip>(bits);
  const ap_uint<8> have = first ? s.in_beats : left_in;
  const ap_uint<14> text = first ? s.ct_len : text_left;

  ap_uint<kRawBits> raw_bits = 0;
  if (have != 0) raw_bits = raw.read();
  const Beat in = hls_util::unpack<Beat>(raw_bits);
  const ap_uint<8> have_next = have != 0 ? ap_uint<8>(have - 1) : ap_uint<8>(0);
  const ap_uint<1> emit = s.dummy ? ap_uint<1>(have_next == 0) : ap_uint<1>(!first);

  // 92 bytes from the ciphertext's point of view. The call that writes the last ciphertext has the whole ICV in it:
  // text <= 64, so it ends at byte 80 or before, and the packet ends before the beat that follows this one.
  const ap_uint<512 + kRest> window = cat(in.data, carry);
  const ap_uint<7> here = text > 64 ? ap_uint<7>(64) : ap_uint<7>(text);
  const ap_uint<1> last = text <= 64;

  Text t;
  t.data = hls_util::keep_bytes(ap_uint<512>(window.range(511, 0)), here);
  t.bytes = here;
  t.last = last;
  t.first = !began;
  t.dummy = s.dummy;
  t.decrypt = 1;
  if (s.dummy) {
    t.data = 0;
    t.bytes = 0;
    t.last = 1;
  }
  if (emit) pt.write(hls_util::pack<kPtBits>(t));

  const ap_uint<5> word = here.range(6, 2);  // 1 .. 16: the ICV starts at this 32-bit word
  ap_uint<128> value = 0;
  for (int w = 1; w <= 16; ++w) {
#pragma HLS UNROLL
    ap_uint<128> pick = window.range(32 * w + 127, 32 * w);
    if (word != w) pick = 0;
    value = value | pick;
  }
  const ap_uint<1> end = emit && t.last;
  if (end) icv.write(value);

  first = end;
  began = !end && (began || emit);
  held_strip = bits;
  left_in = have_next;
  carry = in.data.range(511, kHead);
  text_left = emit && !s.dummy ? ap_uint<14>(text - 64) : text;
}
