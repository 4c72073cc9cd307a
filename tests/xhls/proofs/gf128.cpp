// SPDX-License-Identifier: Apache-2.0
//
// The pieces of GHASH in hls/kernels/gf128.h: small products, and what is linear at its full width.
#include "gf128.h"
#include "proofs.h"

using namespace xesp;

static ap_uint<16> multiply_flat_8(ap_uint<8> a, ap_uint<8> b) {
#pragma HLS INLINE off
  return gf128::multiply_flat<8>(a, b);
}

static ap_uint<32> multiply_flat_16(ap_uint<16> a, ap_uint<16> b) {
#pragma HLS INLINE off
  return gf128::multiply_flat<16>(a, b);
}

static ap_uint<16> karatsuba_8(ap_uint<8> a, ap_uint<8> b) {
#pragma HLS INLINE off
  return gf128::Karatsuba<8, 2>::product(a, b);
}

static ap_uint<32> karatsuba_16(ap_uint<16> a, ap_uint<16> b) {
#pragma HLS INLINE off
  return gf128::Karatsuba<16, 8>::product(a, b);
}

static ap_uint<128> reduce(ap_uint<256> p) {
#pragma HLS INLINE off
  return gf128::reduce(p);
}

static ap_uint<128> from_block(ap_uint<128> b) {
#pragma HLS INLINE off
  return gf128::from_block(b);
}

// A product in the field with a factor of 4 bits, x^0 .. x^3.
static ap_uint<128> multiply_by_4(ap_uint<128> a, ap_uint<4> b) {
#pragma HLS INLINE off
  ap_uint<256> product = 0;
  for (int i = 0; i < 4; ++i) {
#pragma HLS UNROLL
    ap_uint<256> row = 0;
    if (b[3 - i]) row = ap_uint<256>(a) << (127 - i);
    product = product ^ row;
  }
  return gf128::reduce(product);
}

void gf128_pieces(In& in, Out& out) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=in
#pragma HLS INTERFACE axis port=out
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<1024> x = in.read();
  const ap_uint<1024> y = x >> 200;
  ap_uint<512> r = 0;
  r ^= multiply_flat_8(x, y);
  r ^= multiply_flat_16(x, y);
  r ^= karatsuba_8(x, y);
  r ^= karatsuba_16(x, y);
  r ^= reduce(x);
  r ^= from_block(x);
  r ^= multiply_by_4(x, y);
  out.write(r);
}
