// SPDX-License-Identifier: Apache-2.0
//
// GF(2^128) of GCM (SP 800-38D 6.3). Inside the kernels bit i is the coefficient of x^i; from_block() and to_block()
// are the wiring to and from GCM's order, whose first bit (bit 7 of byte 0) is x^0.
#ifndef XESP_KERNELS_GF128_H
#define XESP_KERNELS_GF128_H

#include "bits.h"

namespace xesp {
namespace gf128 {

using hls_util::cat;

inline ap_uint<128> from_block(const ap_uint<128>& b) {
  ap_uint<128> r = 0;
  for (int i = 0; i < 128; ++i) {
#pragma HLS UNROLL
    r[i] = b[(i / 8) * 8 + 7 - i % 8];
  }
  return r;
}
inline ap_uint<128> to_block(const ap_uint<128>& p) { return from_block(p); }

// Product of polynomials, schoolbook: an XOR tree, the form with the fewest levels.
template <int W>
inline ap_uint<2 * W> multiply_flat(const ap_uint<W>& a, const ap_uint<W>& b) {
  ap_uint<2 * W> r = 0;
  for (int i = 0; i < W; ++i) {
#pragma HLS UNROLL
    ap_uint<2 * W> row = 0;
    if (a[i]) row = ap_uint<2 * W>(b) << i;
    r = r ^ row;
  }
  return r;
}

// Karatsuba: three products of half the width for one of the whole; 32-bit products are flat.
inline ap_uint<128> multiply64(const ap_uint<64>& a, const ap_uint<64>& b) {
  const ap_uint<32> al = a.range(31, 0), ah = a.range(63, 32), bl = b.range(31, 0), bh = b.range(63, 32);
  const ap_uint<64> low = multiply_flat<32>(al, bl);
  const ap_uint<64> high = multiply_flat<32>(ah, bh);
  const ap_uint<64> mid = multiply_flat<32>(al ^ ah, bl ^ bh) ^ low ^ high;
  return cat(high, low) ^ (ap_uint<128>(mid) << 32);
}

static ap_uint<256> multiply(ap_uint<128> a, ap_uint<128> b) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  const ap_uint<64> al = a.range(63, 0), ah = a.range(127, 64), bl = b.range(63, 0), bh = b.range(127, 64);
  const ap_uint<128> low = multiply64(al, bl);
  const ap_uint<128> high = multiply64(ah, bh);
  const ap_uint<128> mid = multiply64(al ^ ah, bl ^ bh) ^ low ^ high;
  return cat(high, low) ^ (ap_uint<256>(mid) << 64);
}

// Modulo x^128 + x^7 + x^2 + x + 1. Bits 255..128 fold onto 0..134, and of that the top 7 once more.
inline ap_uint<128> reduce(const ap_uint<256>& p) {
  const ap_uint<128> low = p.range(127, 0);
  const ap_uint<128> high = p.range(255, 128);
  const ap_uint<135> fold = ap_uint<135>(high) ^ (ap_uint<135>(high) << 1) ^ (ap_uint<135>(high) << 2) ^
                            (ap_uint<135>(high) << 7);
  const ap_uint<7> top = fold.range(134, 128);
  const ap_uint<14> again = ap_uint<14>(top) ^ (ap_uint<14>(top) << 1) ^ (ap_uint<14>(top) << 2) ^
                            (ap_uint<14>(top) << 7);
  return low ^ ap_uint<128>(fold.range(127, 0)) ^ ap_uint<128>(again);
}

}  // namespace gf128
}  // namespace xesp
#endif
