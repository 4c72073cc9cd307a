// SPDX-License-Identifier: Apache-2.0
//
// Outbound: IPv4 and ESP headers before the ciphertext, the ICV behind it (RFC 4303 2, RFC 4106 6), and the completion.
// One output beat a call.
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

static const int kHead = 8 * (card::kIpv4HeaderBytes + card::kEspHeaderBytes);  // 288 bits
static const int kRest = 512 - kHead;

void out_build(CtStream& ct, TagStream& tag, HdrStream& hdr, OutStream& out, CplStream& cpl) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=ct
#pragma HLS INTERFACE axis port=tag
#pragma HLS INTERFACE axis port=hdr
#pragma HLS INTERFACE axis port=out
#pragma HLS INTERFACE axis port=cpl
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;
  static ap_uint<1> flush = 0;            // all ciphertext is read; what is carried is the last beat
  static ap_uint<288> carry = 0;          // the last 36 bytes of the beat before, or the headers
  static ap_uint<kTagBits> held_tag = 0;
  static ap_uint<7> held_end = 0;

  ap_uint<kCtBits> ct_bits = 0;
  if (!flush) ct_bits = ct.read();
  const Text t = hls_util::unpack<Text>(ct_bits);
  ap_uint<288> front = carry;
  if (first) {
    const Hdr h = hls_util::unpack<Hdr>(hdr.read());
    front = h.head;
    ap_uint<kCplBits> c = 0;
    c.range(71, 64) = h.status;
    c.range(79, 72) = h.op;
    c.range(95, 80) = h.sa_index;
    c.range(127, 96) = ap_uint<32>(h.out_len);
    c.range(191, 128) = h.seq;
    if (h.op == card::kOpSaRead) {
      c.range(255, 192) = h.packets;
      c.range(319, 256) = h.bytes;
    }
    cpl.write(c);
  }
  ap_uint<kTagBits> icv = held_tag;
  if (!flush && t.last) icv = tag.read();

  // Where the ciphertext ends, counted from this beat's byte 0: 40 .. 100, of which flush sees what is left of 100 - 64.
  const ap_uint<7> end = flush ? held_end : ap_uint<7>(t.bytes + 36);
  const ap_uint<512> body = cat(ap_uint<kRest>(t.data.range(kRest - 1, 0)), front);
  const ap_uint<1> last_text = flush || t.last;
  // The ICV at byte `end`. Ciphertext and headers are whole words, so 16 places in a beat and four beyond matter. A beat
  // that flushes may start inside the ICV: then `end` is negative, kept as 128 + end.
  ap_uint<512> placed = 0;
  const ap_uint<5> word = end.range(6, 2);
  if (last_text) {
    if (word < 16) placed = ap_uint<512>(icv) << (ap_uint<9>(word) << 5);
    if (word == 31) placed = ap_uint<512>(icv) >> 32;
    if (word == 30) placed = ap_uint<512>(icv) >> 64;
    if (word == 29) placed = ap_uint<512>(icv) >> 96;
  }
  const ap_uint<1> fits = end <= 48 || end > 100;  // the ICV ends in this beat
  const ap_uint<1> done = last_text && (t.dummy || fits);

  Beat o;
  o.data = body | placed;
  o.last = done;
  if (!t.dummy) out.write(hls_util::pack<kOutBits>(o));

  flush = last_text && !done;
  first = done;
  carry = t.data.range(511, kRest);
  held_tag = icv;
  held_end = end - 64;
}
