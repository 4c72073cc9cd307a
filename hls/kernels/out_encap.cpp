// SPDX-License-Identifier: Apache-2.0
//
// Outbound: the payload of each packet moved to the front of a beat, with the ESP trailer behind it (RFC 4303 2.4-2.6).
// One beat a call; transport mode spends one call more to fill the shifter.
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

void out_encap(RawStream& raw, EncStream& enc, PtStream& pt) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=raw
#pragma HLS INTERFACE axis port=enc
#pragma HLS INTERFACE axis port=pt
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;
  static ap_uint<1> began = 0;          // a payload beat has been written
  static ap_uint<1> more_raw = 0;       // beats of this packet are still in `raw`
  static ap_uint<1> ending = 0;         // `left` is 64 or less
  static ap_uint<14> left = 0;          // bytes of text (payload and trailer) still to write
  static ap_uint<kEncBits> held_enc = 0;
  static ap_uint<352> carry = 0;        // transport: bytes 20..63 of the beat before

  ap_uint<kEncBits> bits = held_enc;
  if (first) bits = enc.read();
  const Enc e = hls_util::unpack<Enc>(bits);
  const ap_uint<1> has = first ? e.beats : more_raw;
  const ap_uint<14> text = first ? e.ct_len : left;
  const ap_uint<1> last = first ? ap_uint<1>(e.ct_len <= 64) : ending;

  ap_uint<kRawBits> raw_bits = 0;
  if (has) raw_bits = raw.read();
  const Beat in = hls_util::unpack<Beat>(raw_bits);
  const ap_uint<1> more = has && !in.last;

  const ap_uint<1> fill = first && e.transport && !e.dummy;  // this is the beat with the IP header
  const ap_uint<1> emit = e.dummy ? ap_uint<1>(!more) : ap_uint<1>(!fill);

  // Words of the text from here on: 17 when the last one is the next beat's first, 31 for any number beyond.
  const ap_uint<7> high = text.range(13, 7);
  ap_uint<5> words = text.range(6, 2);
  if (high != 0) words = 31;
  if (e.dummy) words = 0;

  // The trailer ends where the text ends: pad bytes 1, 2, 3, pad length, next header. The last word is its last four
  // bytes, as far as they are not payload; the first of three bytes of padding closes the word before.
  const ap_uint<8> pad = e.pad;
  const ap_uint<32> trailer = cat(e.next_header, pad, pad, ap_uint<8>(pad - 1));
  ap_uint<32> text_mask = 0;
  if (e.pad < 2) text_mask.range(7, 0) = 0xff;
  if (e.pad < 1) text_mask.range(15, 8) = 0xff;
  const ap_uint<32> trailer_here = trailer & ~text_mask;

  ap_uint<512> window = in.data;
  if (e.transport) window = cat(ap_uint<160>(in.data.range(159, 0)), carry);
  ap_uint<512> data = 0;
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    ap_uint<32> word = window.range(32 * w + 31, 32 * w);
    if (words <= w) word = 0;
    if (words == w + 1) word = (word & text_mask) | trailer_here;
    if (words == w + 2 && e.pad == 3) word.range(31, 24) = 1;
    data.range(32 * w + 31, 32 * w) = word;
  }

  Text t;
  t.data = data;
  t.bytes = last ? ap_uint<7>(text) : ap_uint<7>(64);
  if (e.dummy) t.bytes = 0;
  t.last = e.dummy || last;
  t.first = !began;
  t.dummy = e.dummy;
  t.decrypt = 0;
  if (emit) pt.write(hls_util::pack<kPtBits>(t));

  const ap_uint<1> end = emit && t.last;
  first = end;
  began = !end && (began || emit);
  more_raw = more;
  ending = fill ? last : ap_uint<1>(text <= 128);
  left = fill ? text : ap_uint<14>(text - 64);
  held_enc = bits;
  carry = in.data.range(511, 160);
}
