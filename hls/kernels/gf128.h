// SPDX-License-Identifier: Apache-2.0
//
// GF(2^128) of GCM (SP 800-38D 6.3). A block is handled as its big-endian number: bit 127 - i is the coefficient of x^i.
// That order is a mirror of the usual one, so carry-less products come out mirrored too, 255 bits with x^0 at bit 254; it
// makes from_block() and to_block() a swap of bytes and not of bits.
#ifndef XESP_KERNELS_GF128_H
#define XESP_KERNELS_GF128_H

#include "bits.h"

namespace xesp {
namespace gf128 {

using hls_util::cat;

inline ap_uint<128> from_block(const ap_uint<128>& b) { return hls_util::swap_bytes<128>(b); }
inline ap_uint<128> to_block(const ap_uint<128>& p) { return hls_util::swap_bytes<128>(p); }

// Product of polynomials, schoolbook, summed as a balanced tree: the form with the fewest levels.
template <int N, int W>
struct Flat {
  static ap_uint<N + W> product(const ap_uint<N>& a, const ap_uint<W>& b) {
    const ap_uint<N / 2> low = a.range(N / 2 - 1, 0), high = a.range(N - 1, N / 2);
    return ap_uint<N + W>(Flat<N / 2, W>::product(low, b)) ^ (ap_uint<N + W>(Flat<N / 2, W>::product(high, b)) << (N / 2));
  }
};
template <int W>
struct Flat<1, W> {
  static ap_uint<1 + W> product(const ap_uint<1>& a, const ap_uint<W>& b) {
    ap_uint<1 + W> r = 0;
    if (a[0]) r = b;
    return r;
  }
};
template <int W>
inline ap_uint<2 * W> multiply_flat(const ap_uint<W>& a, const ap_uint<W>& b) {
  return Flat<W, W>::product(a, b);
}

// Karatsuba: three products of half the width for one of the whole, down to LEAF bits; below that it saves no LUTs.
template <int W, int LEAF>
struct Karatsuba {
  static ap_uint<2 * W> product(const ap_uint<W>& a, const ap_uint<W>& b) {
    const ap_uint<W / 2> al = a.range(W / 2 - 1, 0), ah = a.range(W - 1, W / 2);
    const ap_uint<W / 2> bl = b.range(W / 2 - 1, 0), bh = b.range(W - 1, W / 2);
    const ap_uint<W> low = Karatsuba<W / 2, LEAF>::product(al, bl);
    const ap_uint<W> high = Karatsuba<W / 2, LEAF>::product(ah, bh);
    const ap_uint<W> mid = Karatsuba<W / 2, LEAF>::product(al ^ ah, bl ^ bh);
    return cat(high, low) ^ (ap_uint<2 * W>(ap_uint<W>(mid ^ low ^ high)) << (W / 2));
  }
};
template <int LEAF>
struct Karatsuba<LEAF, LEAF> {
  static ap_uint<2 * LEAF> product(const ap_uint<LEAF>& a, const ap_uint<LEAF>& b) { return multiply_flat<LEAF>(a, b); }
};

static ap_uint<256> multiply(ap_uint<128> a, ap_uint<128> b) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  return Karatsuba<128, 8>::product(a, b);
}

// p * (1 + x + x^2 + x^7), which is x^128 modulo the field's polynomial; multiplying by x shifts right here. The product
// keeps the bits shifted out: x^0 is the top bit of W.
template <int W>
inline ap_uint<W> times_x128(const ap_uint<W>& p) {
  return p ^ (p >> 1) ^ (p >> 2) ^ (p >> 7);
}

// Modulo x^128 + x^7 + x^2 + x + 1. The terms from x^128 up (bits 126..0) fold onto x^0..x^133, and of that the top six
// once more. These are written as sums of bits of p, not of the first fold's, so that no path goes through both.
inline ap_uint<128> reduce(const ap_uint<256>& p) {
  const ap_uint<128> low = p.range(254, 127);
  const ap_uint<127> high = p.range(126, 0);
  const ap_uint<134> fold = times_x128<134>(ap_uint<134>(high) << 7);
  ap_uint<6> top = high.range(5, 0);  // bits 5..0 of fold
  top[5] = ap_uint<1>(high[5] ^ high[0]);
  const ap_uint<13> again = times_x128<13>(ap_uint<13>(top) << 7);
  return low ^ ap_uint<128>(fold.range(133, 6)) ^ (ap_uint<128>(again) << 115);
}

}  // namespace gf128
}  // namespace xesp
#endif
