// SPDX-License-Identifier: Apache-2.0
//
// Inbound: the only door out. Held beats leave for packets that passed (in transport mode behind their rebuilt IP
// header, RFC 4303 3.1.1) and are thrown away for all others. One beat a call.
#include "kernels.h"

#include "ip.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

void in_release(HeldStream& held, VerdictStream& verdict, OutStream& out, CplStream& cpl) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=held
#pragma HLS INTERFACE axis port=verdict
#pragma HLS INTERFACE axis port=out
#pragma HLS INTERFACE axis port=cpl
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;
  static ap_uint<1> more_held = 0;    // beats of this packet are still in `held`
  static ap_uint<5> words = 0;        // transport: of the header
  static ap_uint<14> left = 0;        // bytes still to write; 0 when dropping
  static ap_uint<1> ending = 0;       // `left` is 64 or less
  static ap_uint<512> carry = 0;      // transport: the last `words` of the beat before

  ap_uint<1> has = more_held;
  ap_uint<5> shift = words;
  ap_uint<14> bytes = left;
  ap_uint<1> last = ending;
  ap_uint<512> front = carry;
  ap_uint<1> new_tos = 0, v6 = 0;
  ap_uint<8> tos = 0;
  if (first) {
    const Verdict v = hls_util::unpack<Verdict>(verdict.read());
    has = v.held;
    shift = v.words;
    bytes = v.out_len;
    last = v.out_len <= 64;
    front = ip::change(v.head, v.v6, v.next_at, v.out_len, v.protocol);
    new_tos = v.new_tos;
    v6 = v.v6;
    tos = v.tos;
    ap_uint<kCplBits> c = 0;
    c.range(71, 64) = v.status;
    c.range(79, 72) = v.op;
    c.range(95, 80) = v.sa_index;
    c.range(127, 96) = ap_uint<32>(v.out_len);
    if (v.status == card::kOk || v.op == card::kOpPacket) c.range(191, 128) = v.seq;
    if (v.op == card::kOpSaRead) {
      c.range(255, 192) = v.packets;
      c.range(319, 256) = v.bytes;
    }
    c.range(321, 320) = v.events;
    cpl.write(c);
  }
  ap_uint<kHeldBits> held_bits = 0;
  if (has) held_bits = held.read();
  const Beat in = hls_util::unpack<Beat>(held_bits);
  const ap_uint<1> more = has && !in.last;

  const ap_uint<512> turned = hls_util::turn_up(in.data, ap_uint<4>(shift));
  Beat o;
  o.data = hls_util::splice(front, turned, shift);
  if (new_tos) o.data = ip::change_tos(in.data, v6, tos);
  const ap_uint<7> here = last ? ap_uint<7>(bytes) : ap_uint<7>(64);
  o.data = hls_util::keep_bytes(o.data, here);
  o.last = last;
  if (bytes != 0) out.write(hls_util::pack<kOutBits>(o));

  first = !more && last;
  more_held = more;
  words = shift;
  left = last ? ap_uint<14>(0) : ap_uint<14>(bytes - 64);
  ending = bytes <= 128;
  carry = turned;
}
