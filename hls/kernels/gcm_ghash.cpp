// SPDX-License-Identifier: Apache-2.0
//
// GHASH (SP 800-38D 6.4) over four blocks a beat, and the tag. The blocks of a beat are multiplied by falling powers of
// H on four lanes and summed; the length block joins the packet's last beat on a small lane of its own, and the first
// AAD block takes the accumulator's place in the first, so a packet of n beats takes n calls. Only the accumulator's product
// is in the loop: Y <- Y * H^m  +  (sum of the lanes), m the blocks of this beat, with the length block counted.
//
// Words that stand before the text (Hashed::front) move it to later places; it and a tail may take a beat or two more.
#include "gf128.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

// The length block times H. Both lengths are a multiple of 8 bits and below 2^17, so of the block only 14 bits each can be
// set, and this is a fifth of a lane.
static ap_uint<256> multiply_lengths(ap_uint<14> aad_bytes, ap_uint<14> ct_bytes, ap_uint<128> h) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  ap_uint<256> r = 0;
  for (int j = 0; j < 14; ++j) {
#pragma HLS UNROLL
    ap_uint<256> row = 0;
    if (aad_bytes[j]) row = ap_uint<256>(h) << (67 + j);
    r = r ^ row;
  }
  for (int j = 0; j < 14; ++j) {
#pragma HLS UNROLL
    ap_uint<256> row = 0;
    if (ct_bytes[j]) row = ap_uint<256>(h) << (3 + j);
    r = r ^ row;
  }
  return r;
}

// A front has 0, 1, 10 or 16 words, so bits 0, 3 and 4 of its length tell which.
static ap_uint<1> one_word(const Hashed& h) { return h.front_words[0]; }
static ap_uint<1> ten_words(const Hashed& h) { return h.front_words[3]; }
static ap_uint<1> whole_beat(const Hashed& h) { return h.front_words[4]; }
static_assert(kFrontEsn == 0b00001 && kFrontAhV4 == 0b01010 && kFrontAhV6 == 0b10000, "the bits above tell them apart");

// A beat of text turned so that its first word stands behind the front.
static ap_uint<512> behind_front(const ap_uint<512>& text, const Hashed& h) {
  ap_uint<512> r = text;
  if (one_word(h)) r = cat(ap_uint<480>(text.range(479, 0)), ap_uint<32>(text.range(511, 480)));
  if (ten_words(h)) r = cat(ap_uint<192>(text.range(191, 0)), ap_uint<320>(text.range(511, 192)));
  return r;
}

// Whether the front's length, in every beat, ends behind word w.
static ap_uint<1> in_front(const Hashed& h, int w) {
  return whole_beat(h) || (w < kFrontAhV4 && ten_words(h)) || (w < kFrontEsn && one_word(h));
}

void gcm_ghash(GhStream& gh, HpStream& hp, EkStream& ek, TagStream& tag) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=gh
#pragma HLS INTERFACE axis port=hp
#pragma HLS INTERFACE axis port=ek
#pragma HLS INTERFACE axis port=tag
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;
  static ap_uint<kHpBits> held_hp = 0;
  static ap_uint<kEkBits> held_ek = 0;
  static ap_uint<128> y = 0;

  static ap_uint<2> to_come = 0;      // beats still to hash once all text is read
  static ap_uint<8> held_end = 0;     // bytes from the beginning of the beat before to the end, at that time
  static ap_uint<512> carry = 0;      // the last words of the beat before, where front_words has them

  const ap_uint<1> flush = to_come != 0;
  ap_uint<kGhBits> gh_bits = 0;
  if (!flush) gh_bits = gh.read();
  const Text in = hls_util::unpack<Text>(gh_bits);
  ap_uint<kHpBits> hp_bits = held_hp;
  ap_uint<kEkBits> ek_bits = held_ek;
  if (first) {
    hp_bits = hp.read();
    ek_bits = ek.read();
  }
  const HashParams p = hls_util::unpack<HashParams>(hp_bits);
  const ap_uint<128> h1 = gf128::from_block(p.h.range(127, 0));
  const ap_uint<128> h2 = gf128::from_block(p.h.range(255, 128));
  const ap_uint<128> h3 = gf128::from_block(p.h.range(383, 256));
  const ap_uint<128> h4 = gf128::from_block(p.h.range(511, 384));
  const ap_uint<128> h5 = gf128::from_block(p.h.range(639, 512));
  const ap_uint<128> h6 = gf128::from_block(p.h.range(767, 640));

  // The beat to hash.
  const Hashed& hashed = p.hashed;
  const ap_uint<1> text_read = flush || in.last;
  const ap_uint<2> flushes = flush ? ap_uint<2>(to_come - 1) : hashed.flushes;
  const ap_uint<1> last = text_read && flushes == 0;
  const ap_uint<512> front = cat(hashed.front_last, ap_uint<192>(0), hashed.front);
  const ap_uint<512> turned = behind_front(in.data, hashed);

  const ap_uint<7> front_bytes = cat(hashed.front_words, ap_uint<2>(0));
  const ap_uint<8> read_end = ap_uint<8>(front_bytes) + in.bytes + cat(hashed.has_tail, ap_uint<2>(0));
  const ap_uint<8> end = flush ? ap_uint<8>(held_end - 64) : read_end;
  const ap_uint<7> bytes = !text_read || end > 64 ? ap_uint<7>(64) : ap_uint<7>(end);

  // The tail at bytes end - 4 .. end - 1: in two words, at places modulo 64.
  const ap_uint<6> tail_word = ap_uint<6>(end.range(7, 2)) - 1;
  const ap_uint<2> tail_byte = end.range(1, 0);
  const ap_uint<64> tail = ap_uint<64>(hashed.tail) << cat(tail_byte, ap_uint<3>(0));
  ap_uint<512> data = 0;
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    ap_uint<32> piece = 0;
    if (tail_word == w) piece = tail.range(31, 0);
    if (ap_uint<6>(tail_word + 1) == w) piece = tail.range(63, 32);
    if (!hashed.has_tail || !text_read) piece = 0;
    ap_uint<32> word = turned.range(32 * w + 31, 32 * w);
    if (in_front(hashed, w)) word = first ? front.range(32 * w + 31, 32 * w) : carry.range(32 * w + 31, 32 * w);
    data.range(32 * w + 31, 32 * w) = word | piece;
  }

  // Blocks here, 0 (a dummy) to 4; a short last block is zero-filled (SP 800-38D 7.1).
  const ap_uint<3> blocks = (bytes + 15) >> 4;
  // Powers of the lanes. In the last beat lane i has H^(blocks - i + 1), for the length block follows; in the others
  // H^(4 - i). The accumulator's power is lane 0's, and one more for the AAD block, which is not yet multiplied by H.
  ap_uint<128> p0 = h4, p1 = h3, p2 = h2, p3 = h1, py = h5;
  if (last) {
    p0 = p1 = p2 = p3 = h2;
    py = h3;
    if (blocks == 2) p0 = h3, py = h4;
    if (blocks == 3) p0 = h4, p1 = h3, py = h5;
    if (blocks == 4) p0 = h5, p1 = h4, p2 = h3, py = h6;
  }
  if (!first) py = p0;
  const ap_uint<128> x0 = gf128::from_block(data.range(127, 0));
  const ap_uint<128> x1 = gf128::from_block(data.range(255, 128));
  const ap_uint<128> x2 = gf128::from_block(data.range(383, 256));
  const ap_uint<128> x3 = gf128::from_block(data.range(511, 384));
  ap_uint<256> sum = gf128::multiply(x0, p0);
  sum = sum ^ gf128::multiply(x1, p1);
  sum = sum ^ gf128::multiply(x2, p2);
  sum = sum ^ gf128::multiply(x3, p3);
  if (last) sum = sum ^ multiply_lengths(hashed.aad_len, hashed.ct_len, h1);
  const ap_uint<128> lanes = gf128::reduce(sum);

  // What the AAD is masked with is ready before the loop; y joins it in the LUT that Karatsuba's sums take anyway.
  ap_uint<128> aad = 0, kept = y;
  if (first) {
    aad = gf128::from_block(hashed.block);
    kept = 0;
  }
  y = gf128::reduce(gf128::Karatsuba<128, 32>::product(kept ^ aad, py)) ^ lanes;
  if (last) tag.write(gf128::to_block(y) ^ ek_bits);

  held_hp = hp_bits;
  held_ek = ek_bits;
  first = last;
  to_come = text_read ? flushes : ap_uint<2>(0);
  held_end = end;
  carry = turned;
}
