// SPDX-License-Identifier: Apache-2.0
//
// Outbound: the headers before the ciphertext, the ICV behind it (RFC 4303 2, RFC 4106 6) or in AH,
// and the completion.
// One output beat a call. An end of up to four words goes with the completion and takes no call.
#include "ah.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

void out_build(CtStream& ct, TagStream& tag, HdrStream& hdr, OutStream& out, CplStream& cpl) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=ct
#pragma HLS INTERFACE axis port=tag
#pragma HLS INTERFACE axis port=hdr
#pragma HLS INTERFACE axis port=out
#pragma HLS INTERFACE axis port=cpl
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;
  static ap_uint<1> second = 0;           // the headers' first 16 words are gone, alone
  static ap_uint<1> flush = 0;            // all ciphertext is read; what is left stands in `carry`, and the ICV
  static ap_uint<512> carry = 0;          // `shift` words that go before the next beat: of the headers, or of ciphertext
  static ap_uint<192> held_head = 0;      // the headers' words from the 17th on
  static ap_uint<5> held_shift = 0;       // 1 .. 16
  static ap_uint<kTagBits> held_tag = 0;
  static ap_uint<6> held_word = 0;        // where it begins in the beat that flushes, modulo 64
  static ap_uint<2> held_cut = 0;         // the packet's SaEntry::icv_cut
  static ap_uint<1> held_ah = 0;
  static ap_uint<2> flushes = 0;          // calls still to come once all ciphertext is read
  static ap_uint<1> held_has_tail = 0;    // Hdr::tail
  static ap_uint<322> held_cpl = 0;       // the completion, up to its events

  ap_uint<kHdrBits> hdr_bits = 0;
  if (first) hdr_bits = hdr.read();
  const Hdr h = hls_util::unpack<Hdr>(hdr_bits);
  // Headers of more than a beat: one that has nothing else.
  const ap_uint<1> alone = first && h.alone;
  ap_uint<kCtBits> ct_bits = 0;
  if (!flush && !alone) ct_bits = ct.read();
  const Text t = hls_util::unpack<Text>(ct_bits);
  // AH's ICV is in front of the text, which so waits for it.
  const ap_uint<1> is_ah = first ? h.ah : held_ah;
  const ap_uint<1> take_tag = is_ah ? first : t.last;
  ap_uint<kTagBits> icv = held_tag;
  if (take_tag) icv = tag.read();
  const ap_uint<704> v4_icv = ap_uint<704>(icv) << (32 * (ip::kV4Words + ah::kIcvWord));
  const ap_uint<704> v6_icv = ap_uint<704>(icv) << (32 * (ip::kV6Words + ah::kIcvWord));
  ap_uint<704> head = h.head;
  if (h.ah) head = head | (h.v6 ? v6_icv : v4_icv);
  ap_uint<512> front = first ? ap_uint<512>(head.range(511, 0)) : carry;
  if (second) front = held_head;
  const ap_uint<5> shift = first ? h.words : held_shift;
  const ap_uint<2> cut = first ? h.icv_cut : held_cut;
  ap_uint<322> c = held_cpl;
  if (first) {
    c = 0;
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
  }

  // The word at which the ICV begins, counted from this beat's word 0: ciphertext and headers are whole words. A beat that
  // flushes counts 16 less and may start inside the ICV, so it is a number modulo 64.
  const ap_uint<6> word = flush ? held_word : ap_uint<6>(ap_uint<6>(t.bytes.range(6, 2)) + shift);
  const ap_uint<1> last_text = flush || t.last;
  const ap_uint<2> to_come = first ? h.flushes : flushes;
  const ap_uint<1> done = last_text && to_come == 0;

  // Its words turned until each is at its place modulo four.
  ap_uint<kTagBits> turned = icv;
  if (word[0]) turned = cat(ap_uint<96>(turned.range(95, 0)), ap_uint<32>(turned.range(127, 96)));
  if (word[1]) turned = cat(ap_uint<64>(turned.range(63, 0)), ap_uint<64>(turned.range(127, 64)));
  ap_uint<512> placed = 0;
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    const ap_uint<6> behind = ap_uint<6>(w) - word;
    const int from = w % 4 * 32;
    ap_uint<32> piece = turned.range(from + 31, from);
    if (is_ah || !last_text || behind > ap_uint<2>(3 - cut)) piece = 0;
    placed.range(32 * w + 31, 32 * w) = piece;
  }

  const ap_uint<512> text = hls_util::turn_up(t.data, ap_uint<4>(shift));
  // What this beat has no room for, where the packet ends with it: text that was turned beyond it, and the ICV's words.
  const ap_uint<1> has_tail = first ? h.tail : held_has_tail;
  ap_uint<kTailBits> rest = 0;
  for (int w = 0; w < 4; ++w) {
#pragma HLS UNROLL
    const ap_uint<6> behind = ap_uint<6>(w + 16) - word;
    ap_uint<32> piece = turned.range(32 * w + 31, 32 * w);
    if (is_ah || behind > ap_uint<2>(3 - cut)) piece = 0;
    ap_uint<32> over = text.range(32 * w + 31, 32 * w);
    if (shift <= w) over = 0;  // (a call that flushes has no text)
    rest.range(32 * w + 31, 32 * w) = piece | over;
  }
  if (done) {
    ap_uint<kCplBits> whole = c;
    whole[328] = has_tail;               // kCplTail
    if (has_tail) whole.range(511, 384) = rest;
    cpl.write(whole);
  }

  Beat o;
  o.data = alone ? front : ap_uint<512>(hls_util::splice(front, text, shift) | placed);
  o.last = done;
  if (!t.dummy) out.write(hls_util::pack<kOutBits>(o));

  flush = last_text && !done;
  second = alone;
  first = done;
  carry = text;
  held_head = head.range(703, 512);
  held_shift = shift;
  held_tag = icv;
  held_word = word - 16;
  held_cut = cut;
  held_ah = is_ah;
  flushes = last_text ? ap_uint<2>(to_come - 1) : to_come;
  held_has_tail = has_tail;
  held_cpl = c;
}
