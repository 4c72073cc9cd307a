// SPDX-License-Identifier: Apache-2.0
//
// Outbound: the payload of each packet moved to the front of a beat, with the ESP trailer behind it (RFC 4303 2.4-2.7).
// AH has none.
// One beat a call, in or out: a packet takes as many calls as the larger of the two has beats.
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
  static ap_uint<1> active = 0;         // a packet is under way; in transport mode its first beat is in `carry`
  static ap_uint<1> ahead = 0;          // `held_enc` was read by the packet before
  static ap_uint<1> inside = 0;         // a dummy's first beat is gone
  static ap_uint<1> fresh = 0;          // nothing of the packet in `carry` is written yet
  static ap_uint<1> more_raw = 0;       // beats of this packet are still in `raw`
  static ap_uint<1> ending = 0;         // `left` is 1
  static ap_uint<8> left = 0;           // beats of text (payload and trailer) still to write
  static ap_uint<kEncBits> held_enc = 0;
  static ap_uint<512> carry = 0;        // the beat before

  // Where the last text of a packet needs no further beat, the call that writes it has room for the first one of a
  // transport packet behind; whether one comes at all in this run is known, so nothing is ever waited for in vain.
  const Enc held = hls_util::unpack<Enc>(held_enc);
  const ap_uint<1> look = active && ending && !more_raw && !held.final;
  const ap_uint<1> begin = !active && !ahead && !inside;
  ap_uint<kEncBits> bits = held_enc;
  if (look || begin) bits = enc.read();
  const Enc s = hls_util::unpack<Enc>(bits);

  const ap_uint<1> fill = (begin || look) && s.transport && !s.dummy;  // this is the beat with the IP header
  const ap_uint<1> tunnel = (begin && !s.transport && !s.dummy) || (ahead && !s.dummy);
  const ap_uint<1> dummy = (begin && s.dummy) || (ahead && s.dummy) || inside;
  const ap_uint<1> has = more_raw || ((begin || ahead) && s.beats) || (look && s.transport && !s.dummy);
  ap_uint<kRawBits> raw_bits = 0;
  if (has) raw_bits = raw.read();
  const Beat in = hls_util::unpack<Beat>(raw_bits);
  const ap_uint<1> more = has && !in.last;

  const Enc e = active ? held : s;
  const ap_uint<8> beats = active ? left : s.text.beats;
  const ap_uint<1> last = active ? ending : s.text.one;

  // Behind the packet there are zeros up to the trailer: TFC padding (RFC 4303 2.7), whatever the host's memory has there.
  const ap_uint<512> clean = hls_util::keep_bytes(in.data, in.last ? s.rest : ap_uint<7>(64));

  // Words of the text from here on: 17 when the last one is the next beat's first, 31 for any number beyond.
  ap_uint<5> words = 31;
  if (beats == 2 && e.text.last_words == 1) words = 17;
  if (last) words = e.text.last_words;
  if (dummy) words = 0;

  // The trailer ends where the text ends: pad bytes 1, 2, 3, pad length, next header. The last word is its last four
  // bytes, as far as they are not payload; the first of three bytes of padding closes the word before.
  const ap_uint<8> pad = e.pad;
  ap_uint<32> trailer = cat(e.next_header, pad, pad, ap_uint<8>(pad - 1));
  if (e.pad < 2) trailer.range(7, 0) = 0;
  if (e.pad < 1) trailer.range(15, 8) = 0;
  if (e.bare) trailer = 0;

  // In a tunnel all of the beat is text. (A call that looks ahead reads no beat of its own packet.)
  const ap_uint<512> window = hls_util::window_at(carry, look ? ap_uint<512>(0) : clean, e.from);
  ap_uint<512> data = 0;
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    ap_uint<32> word = window.range(32 * w + 31, 32 * w);
    if (words <= w) word = 0;
    if (words == w + 1) word = word | trailer;
    if (words == w + 2 && e.pad == 3) word.range(31, 24) = 1;
    data.range(32 * w + 31, 32 * w) = word;
  }

  Text t;
  t.data = data;
  t.bytes = last ? e.text.last_bytes() : ap_uint<7>(64);
  if (dummy) t.bytes = 0;
  t.last = dummy || last;
  t.first = !active || fresh;
  t.dummy = dummy;
  t.decrypt = 0;
  t.plain = e.plain;
  if (active || tunnel || (dummy && !more)) pt.write(hls_util::pack<kPtBits>(t));

  active = fill || (active && !ending) || (tunnel && !s.text.one);
  ahead = look && (s.dummy || !s.transport);
  inside = dummy && more;
  fresh = fill;
  more_raw = more;
  ending = fill ? s.text.one : ap_uint<1>(beats == 2);
  left = fill ? s.text.beats : ap_uint<8>(beats - 1);
  held_enc = bits;
  carry = clean;
}
