// SPDX-License-Identifier: Apache-2.0
//
// AES-256 in counter mode over four blocks a beat, and E(K, Y0) for the tag on a fifth lane, so that a short packet
// costs no bubble (SP 800-38D 6.5, RFC 4106). One key schedule runs beside the lanes and serves them all; every beat
// brings its key, so packets of different SAs follow each other without a gap.
//
// S-boxes in block RAM against S-boxes in logic: the fifth lane has all of its own in RAM, the others those of the first
// kRamRounds rounds. Each round moved into RAM takes 8 RAMs of 18 Kb a lane and saves about 590 LUTs.
#include "aes.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

static const int kRamRounds = 11;

// Counter block: nonce (12 bytes), then a big-endian count.
static ap_uint<128> counter_block(const ap_uint<96>& nonce, const ap_uint<32>& n) {
  return cat(hls_util::swap_bytes<32>(n), nonce);
}

void gcm_ctr(PtStream& pt, KeyStream& key, CtStream& ct, GhStream& gh, EkStream& ek) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=pt
#pragma HLS INTERFACE axis port=key
#pragma HLS INTERFACE axis port=ct
#pragma HLS INTERFACE axis port=gh
#pragma HLS INTERFACE axis port=ek
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;
  static ap_uint<kKeyBits> held_key = 0;
  static ap_uint<10> beat_no = 0;  // of the packet; its blocks count from 4 * beat_no + 2

  const Text t = hls_util::unpack<Text>(pt.read());
  ap_uint<kKeyBits> key_bits = held_key;
  if (first) key_bits = key.read();
  const Key k = hls_util::unpack<Key>(key_bits);

  // rk[r]: round key r. s[0..3] the lanes, s[4] the block Y0.
  ap_uint<128> rk[15];
  ap_uint<128> s[5];
#pragma HLS ARRAY_PARTITION variable=rk complete
#pragma HLS ARRAY_PARTITION variable=s complete
  rk[0] = k.key.range(127, 0);
  rk[1] = k.key.range(255, 128);
  for (int r = 2; r < 15; ++r) {
#pragma HLS UNROLL
    if (r % 2 == 0) {
      rk[r] = aes::even_key(rk[r - 2], rk[r - 1], ap_uint<8>(1 << (r / 2 - 1)));
    } else {
      rk[r] = aes::odd_key(rk[r - 2], rk[r - 1]);
    }
  }
  for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
    const ap_uint<32> n = (ap_uint<32>(beat_no) << 2) + (2 + lane);
    s[lane] = counter_block(k.nonce, n) ^ rk[0];
  }
  for (int r = 1; r < 14; ++r) {
#pragma HLS UNROLL
    for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
      s[lane] = r <= kRamRounds ? aes::round_in_ram(s[lane], rk[r]) : aes::round(s[lane], rk[r]);
    }
  }
  for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
    s[lane] = aes::last_round(s[lane], rk[14]);
  }
  if (first) {
    s[4] = counter_block(k.nonce, 1) ^ rk[0];
    for (int r = 1; r < 14; ++r) {
#pragma HLS UNROLL
      s[4] = aes::round_in_ram(s[4], rk[r]);
    }
    s[4] = aes::last_round_in_ram(s[4], rk[14]);
    ek.write(s[4]);
  }

  const ap_uint<512> stream = cat(s[3], s[2], s[1], s[0]);
  Text c = t;
  c.data = hls_util::keep_bytes(t.data ^ stream, t.bytes);
  ct.write(hls_util::pack<kCtBits>(c));
  Text g = c;  // GHASH runs over the ciphertext
  if (t.decrypt) g.data = t.data;
  gh.write(hls_util::pack<kGhBits>(g));

  beat_no = t.last ? ap_uint<10>(0) : ap_uint<10>(beat_no + 1);
  held_key = key_bits;
  first = t.last;
}
