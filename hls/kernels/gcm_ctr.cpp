// SPDX-License-Identifier: Apache-2.0
//
// AES in counter mode over four blocks a beat, and E(K, Y0) for the tag on a fifth lane, so that a short packet costs no
// bubble (SP 800-38D 6.5, RFC 4106). One key schedule runs beside the lanes and serves them all, and every key length;
// every beat brings its key, so packets of different SAs follow each other without a gap.
//
// Beats that are `plain` (AAD) pass unchanged and take no counter.
//
// S-boxes in block RAM against S-boxes in logic: the fifth lane has all of its own in RAM, the others those of the first
// kRamRounds rounds. Each round moved into RAM takes 8 RAMs of 18 Kb a lane and saves about 590 LUTs.
#include "aes.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

static const int kRamRounds = 12;

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
  static ap_uint<10> beat_no = 0;  // of the packet, without plain ones; its blocks count from 4 * beat_no + 2

  const Text t = hls_util::unpack<Text>(pt.read());
  ap_uint<kKeyBits> key_bits = held_key;
  if (first) key_bits = key.read();
  const Key k = hls_util::unpack<Key>(key_bits);

  // Stage r of the pipeline adds rk[r], with a short key until its first round the one that has the state wait; the last
  // of these is what enters there. The counter makes it another one in each lane: s[0..3], and s[4], which is Y0.
  aes::Length length;
  length.k192 = k.key_cut == 1;
  length.k128 = k.key_cut == 2;
  const ap_uint<1> k256 = !length.k192 && !length.k128;
  ap_uint<128> rk[15];
  ap_uint<32> count[5];
  ap_uint<128> s[5];
#pragma HLS ARRAY_PARTITION variable=rk complete
#pragma HLS ARRAY_PARTITION variable=count complete
#pragma HLS ARRAY_PARTITION variable=s complete
  rk[0] = k.key.range(127, 0);
  rk[1] = aes::second_key(k.key, length);
  for (int r = 2; r < 15; ++r) {
#pragma HLS UNROLL
    rk[r] = aes::next_key(r, rk[r - 2], rk[r - 1], length);
  }
  for (int lane = 0; lane < 5; ++lane) {
#pragma HLS UNROLL
    count[lane] = lane == 4 ? ap_uint<32>(1) : ap_uint<32>((ap_uint<32>(beat_no) << 2) + (2 + lane));
    s[lane] = k256 ? ap_uint<128>(counter_block(k.nonce, count[lane]) ^ rk[0]) : aes::waiting();
  }
  for (int r = 1; r < 15; ++r) {
#pragma HLS UNROLL
    for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
      const ap_uint<128> key_here = aes::stage_key(r, rk[r], counter_block(k.nonce, count[lane]), length);
      if (r == 14) {
        s[lane] = aes::last_round(s[lane], key_here);
      } else {
        s[lane] = r <= kRamRounds ? aes::round_in_ram(s[lane], key_here) : aes::round(s[lane], key_here);
      }
    }
  }
  if (first) {
    for (int r = 1; r < 15; ++r) {
#pragma HLS UNROLL
      const ap_uint<128> key_here = aes::stage_key(r, rk[r], counter_block(k.nonce, count[4]), length);
      s[4] = r == 14 ? aes::last_round_in_ram(s[4], key_here) : aes::round_in_ram(s[4], key_here);
    }
    ek.write(s[4]);
  }

  // In the text bytes that do not count are 0, and stay it. GHASH runs over the ciphertext.
  const ap_uint<1> encrypted = !t.plain;
  const ap_uint<1> hash_sum = !t.plain && !t.decrypt;
  const ap_uint<512> stream = hls_util::keep_bytes(cat(s[3], s[2], s[1], s[0]), t.bytes);
  Text c = t;
  Text g = t;
  if (encrypted) c.data = t.data ^ stream;
  if (hash_sum) g.data = t.data ^ stream;
  ct.write(hls_util::pack<kCtBits>(c));
  gh.write(hls_util::pack<kGhBits>(g));

  if (t.last) {
    beat_no = 0;
  } else if (encrypted) {
    beat_no = beat_no + 1;
  }
  held_key = key_bits;
  first = t.last;
}
