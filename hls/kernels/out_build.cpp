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
  static ap_uint<5> held_word = 0;        // where it begins in the beat that flushes, modulo 32
  static ap_uint<2> held_cut = 0;         // the packet's SaEntry::icv_cut

  ap_uint<kCtBits> ct_bits = 0;
  if (!flush) ct_bits = ct.read();
  const Text t = hls_util::unpack<Text>(ct_bits);
  ap_uint<288> front = carry;
  ap_uint<2> cut = held_cut;
  if (first) {
    const Hdr h = hls_util::unpack<Hdr>(hdr.read());
    front = h.head;
    cut = h.icv_cut;
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
    c.range(321, 320) = h.events;
    cpl.write(c);
  }
  ap_uint<kTagBits> icv = held_tag;
  if (!flush && t.last) icv = tag.read();

  // The word at which the ICV begins, counted from this beat's word 0: 10 .. 25, for ciphertext and headers are whole
  // words. A beat that flushes counts 16 less and may start inside the ICV, so it is a number modulo 32.
  const ap_uint<5> word = flush ? held_word : ap_uint<5>(ap_uint<5>(t.bytes.range(6, 2)) + kHead / 32);
  const ap_uint<1> fits = ap_uint<5>(t.bytes.range(6, 2)) <= ap_uint<5>(3 + cut);  // headers, ciphertext and ICV in one beat
  const ap_uint<1> last_text = flush || t.last;
  const ap_uint<1> done = flush || (t.last && (t.dummy || fits));

  // Its words turned until each is at its place modulo four.
  ap_uint<kTagBits> turned = icv;
  if (word[0]) turned = cat(ap_uint<96>(turned.range(95, 0)), ap_uint<32>(turned.range(127, 96)));
  if (word[1]) turned = cat(ap_uint<64>(turned.range(63, 0)), ap_uint<64>(turned.range(127, 64)));
  ap_uint<512> placed = 0;
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    const ap_uint<5> behind = ap_uint<5>(w) - word;
    const int from = w % 4 * 32;
    ap_uint<32> piece = turned.range(from + 31, from);
    if (!last_text || behind > ap_uint<2>(3 - cut)) piece = 0;
    placed.range(32 * w + 31, 32 * w) = piece;
  }

  Beat o;
  o.data = cat(ap_uint<kRest>(t.data.range(kRest - 1, 0)), front) | placed;
  o.last = done;
  if (!t.dummy) out.write(hls_util::pack<kOutBits>(o));

  flush = last_text && !done;
  first = done;
  carry = t.data.range(511, kRest);
  held_tag = icv;
  held_word = word - 16;
  held_cut = cut;
}
