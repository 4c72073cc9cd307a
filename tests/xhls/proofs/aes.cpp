// SPDX-License-Identifier: Apache-2.0
//
// The pieces of AES in hls/kernels/aes.h. Its other rounds and its key steps are modules already and called as they are.
#include "aes.h"
#include "proofs.h"

using namespace xesp;

static ap_uint<8> sub_byte(ap_uint<8> x) {
#pragma HLS INLINE off
  return aes::sub(x);
}

static ap_uint<8> times_x(ap_uint<8> x) {
#pragma HLS INLINE off
  return aes::xtime(x);
}

static ap_uint<32> mix_column(ap_uint<32> x) {
#pragma HLS INLINE off
  ap_uint<8> a[4], twice[4];
  for (int i = 0; i < 4; ++i) {
#pragma HLS UNROLL
    a[i] = x.range(8 * i + 7, 8 * i);
    twice[i] = aes::xtime(a[i]);
  }
  return aes::mix(a, twice);
}

static ap_uint<128> last_round(ap_uint<128> s, ap_uint<128> k) {
#pragma HLS INLINE off
  return aes::last_round(s, k);
}

void aes_pieces(In& in, Out& out) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=in
#pragma HLS INTERFACE axis port=out
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<1024> x = in.read();
  const ap_uint<1024> y = x >> 200, z = x >> 400;
  ap_uint<512> r = 0;
  r ^= sub_byte(x);
  r ^= times_x(x);
  r ^= mix_column(x);
  r ^= aes::round(x, y);
  r ^= aes::round_in_ram(x, y);
  r ^= last_round(x, y);
  r ^= aes::last_round_in_ram(x, y);
  const ap_uint<8> rcon = z;
  const ap_uint<1> p = x[1020], q = x[1021];
  r ^= aes::first_keys(x, y, rcon, p, q);
  r ^= aes::turned_word0(x, y, rcon, p, q);
  r ^= aes::turned_word2(x, y, rcon, p, q);
  r ^= aes::turned_none(x, y, rcon, p, q);
  r ^= aes::straight_word0(x, y, rcon, p, q);
  r ^= aes::straight_word2(x, y, rcon, p, q);
  r ^= aes::straight_none(x, y, rcon, p, q);
  out.write(r);
}
