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
  static ap_uint<1> primed = 0;         // transport: the beat with the IP header has been read
  static ap_uint<1> began = 0;          // a payload beat has been written
  static ap_uint<kEncBits> held_enc = 0;
  static ap_uint<8> left_in = 0;        // beats of raw still to read
  static ap_uint<14> data_left = 0;     // payload bytes not yet written
  static ap_uint<15> text_left = 0;     // the same with the trailer
  static ap_uint<352> carry = 0;        // transport: bytes 20..63 of the beat before

  ap_uint<kEncBits> bits = held_enc;
  if (first) bits = enc.read();
  const Enc e = hls_util::unpack<Enc>(bits);
  const ap_uint<8> have = first ? e.in_beats : left_in;
  const ap_uint<14> data_bytes = first ? e.payload : data_left;
  const ap_uint<15> text_bytes = first ? ap_uint<15>(ap_uint<15>(e.payload) + e.pad + 2) : text_left;

  ap_uint<kRawBits> raw_bits = 0;
  if (have != 0) raw_bits = raw.read();
  const Beat in = hls_util::unpack<Beat>(raw_bits);
  const ap_uint<8> have_next = have != 0 ? ap_uint<8>(have - 1) : ap_uint<8>(0);

  const ap_uint<1> fill = !e.dummy && e.transport && !primed;
  const ap_uint<1> emit = e.dummy ? ap_uint<1>(have_next == 0) : ap_uint<1>(!fill);

  // Data of this beat, the trailer over it and what of the trailer falls into the next.
  ap_uint<512> window = in.data;
  if (e.transport) window = cat(ap_uint<160>(in.data.range(159, 0)), carry);
  const ap_uint<7> data_here = data_bytes > 64 ? ap_uint<7>(64) : ap_uint<7>(data_bytes);
  const ap_uint<7> text_here = text_bytes > 64 ? ap_uint<7>(64) : ap_uint<7>(text_bytes);

  ap_uint<40> trailer = 0;  // pad bytes 1, 2, 3, then pad length, then next header
  if (e.pad == 0) trailer = cat(e.next_header, ap_uint<8>(0));
  if (e.pad == 1) trailer = cat(e.next_header, ap_uint<16>(0x0101));
  if (e.pad == 2) trailer = cat(e.next_header, ap_uint<24>(0x020201));
  if (e.pad == 3) trailer = cat(e.next_header, ap_uint<32>(0x03030201));
  // Bytes of payload and trailer left: with k = text - data = pad + 2, the trailer's bytes start where the data ends.
  // When no data is left, its first k - text_bytes bytes went out in the beat before.
  const ap_uint<3> trailer_bytes = ap_uint<3>(e.pad) + 2;
  const ap_uint<3> gone = data_bytes != 0 ? ap_uint<3>(0) : ap_uint<3>(trailer_bytes - ap_uint<3>(text_bytes));
  const ap_uint<40> rest = trailer >> (ap_uint<6>(gone) << 3);
  ap_uint<512> placed = 0;
  if (data_bytes < 64) placed = ap_uint<512>(rest) << (ap_uint<9>(data_here) << 3);

  Text t;
  t.data = hls_util::keep_bytes(window, data_here) | placed;
  t.bytes = text_here;
  t.last = text_bytes <= 64;
  t.first = !began;
  t.dummy = e.dummy;
  t.decrypt = 0;
  if (e.dummy) {
    t.data = 0;
    t.bytes = 0;
    t.last = 1;
  }
  if (emit) pt.write(hls_util::pack<kPtBits>(t));

  const ap_uint<1> end = emit && t.last;
  first = end;
  primed = !end && (primed || fill);
  began = !end && (began || emit);
  held_enc = bits;
  left_in = have_next;
  carry = in.data.range(511, 160);
  const ap_uint<1> wrote = emit && !e.dummy;
  if (wrote) {
    data_left = data_bytes > 64 ? ap_uint<14>(data_bytes - 64) : ap_uint<14>(0);
    text_left = text_bytes - 64;
  } else {
    data_left = data_bytes;
    text_left = text_bytes;
  }
}
