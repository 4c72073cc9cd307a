// SPDX-License-Identifier: Apache-2.0
//
// Inbound: the only door out. Held beats leave for packets that passed (in transport mode behind their rebuilt IP
// header, RFC 4303 3.1.1) and are thrown away for all others. One beat a call.
#include "ipv4.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

static const int kHead = 8 * card::kIpv4HeaderBytes;
static const int kRest = 512 - kHead;

void in_release(HeldStream& held, VerdictStream& verdict, OutStream& out, CplStream& cpl) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=held
#pragma HLS INTERFACE axis port=verdict
#pragma HLS INTERFACE axis port=out
#pragma HLS INTERFACE axis port=cpl
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;
  static ap_uint<1> more_held = 0;    // beats of this packet are still in `held`
  static ap_uint<1> transport = 0;
  static ap_uint<14> left = 0;        // bytes still to write; 0 when dropping
  static ap_uint<1> ending = 0;       // `left` is 64 or less
  static ap_uint<kHead> carry = 0;    // transport: header, then the last 20 bytes of the beat before

  ap_uint<1> has = more_held;
  ap_uint<1> shift = transport;
  ap_uint<14> bytes = left;
  ap_uint<1> last = ending;
  ap_uint<kHead> front = carry;
  ap_uint<1> new_tos = 0;
  ap_uint<8> tos = 0;
  if (first) {
    const Verdict v = hls_util::unpack<Verdict>(verdict.read());
    has = v.held;
    shift = v.transport;
    bytes = v.out_len;
    last = v.out_len <= 64;
    front = v.head;
    new_tos = v.new_tos;
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

  Beat o;
  o.data = in.data;
  if (new_tos) o.data.range(159, 0) = ipv4::change_tos(in.data.range(159, 0), tos);
  if (shift) o.data = cat(ap_uint<kRest>(in.data.range(kRest - 1, 0)), front);
  const ap_uint<7> here = last ? ap_uint<7>(bytes) : ap_uint<7>(64);
  o.data = hls_util::keep_bytes(o.data, here);
  o.last = last;
  if (bytes != 0) out.write(hls_util::pack<kOutBits>(o));

  first = !more && last;
  more_held = more;
  transport = shift;
  left = last ? ap_uint<14>(0) : ap_uint<14>(bytes - 64);
  ending = bytes <= 128;
  carry = in.data.range(511, kRest);
}
