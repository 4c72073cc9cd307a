// SPDX-License-Identifier: Apache-2.0
//
// Bit and byte helpers of the kernels. Only the official ap_uint interface is used; after inlining all of this is
// wiring, but for the shifters, which say what they cost.
#ifndef XESP_KERNELS_BITS_H
#define XESP_KERNELS_BITS_H

#include <ap_int.h>

namespace xesp {
namespace hls_util {

// Field of W bits at bit LO.
template <int LO, int W, int N>
inline ap_uint<W> field(const ap_uint<N>& v) {
  ap_uint<W> r = v.range(LO + W - 1, LO);
  return r;
}

// Byte I of a beat (memory order).
template <int I, int N>
inline ap_uint<8> byte_at(const ap_uint<N>& v) {
  return field<8 * I, 8>(v);
}

// Big-endian number of the W/8 bytes that start at byte I.
template <int I, int W, int N>
inline ap_uint<W> be_at(const ap_uint<N>& v) {
  ap_uint<W> r = 0;
  for (int i = 0; i < W / 8; ++i) {
#pragma HLS UNROLL
    ap_uint<8> b = v.range(8 * (I + i) + 7, 8 * (I + i));
    r.range(W - 1 - 8 * i, W - 8 - 8 * i) = b;
  }
  return r;
}

// The bytes of v in the other order: a number to its big-endian bytes in memory order, and back.
template <int W>
inline ap_uint<W> swap_bytes(const ap_uint<W>& v) {
  return be_at<0, W>(v);
}

// Concatenation, most significant first.
template <int A, int B>
inline ap_uint<A + B> cat(const ap_uint<A>& a, const ap_uint<B>& b) {
  ap_uint<A + B> r = 0;
  r.range(A + B - 1, B) = a;
  r.range(B - 1, 0) = b;
  return r;
}
template <int A, int B, int C>
inline ap_uint<A + B + C> cat(const ap_uint<A>& a, const ap_uint<B>& b, const ap_uint<C>& c) {
  return cat(a, cat(b, c));
}
template <int A, int B, int C, int D>
inline ap_uint<A + B + C + D> cat(const ap_uint<A>& a, const ap_uint<B>& b, const ap_uint<C>& c,
                                  const ap_uint<D>& d) {
  return cat(a, cat(b, c, d));
}

// Keeps the first n bytes of a beat (n = 0 .. 64) and clears the rest.
inline ap_uint<512> keep_bytes(const ap_uint<512>& v, const ap_uint<7>& n) {
  ap_uint<512> r = 0;
  for (int i = 0; i < 64; ++i) {
#pragma HLS UNROLL
    ap_uint<8> b = v.range(8 * i + 7, 8 * i);
    ap_uint<8> z = 0;
    ap_uint<8> k = (n > i) ? b : z;
    r.range(8 * i + 7, 8 * i) = k;
  }
  return r;
}

// The 16 words of a beat turned: word w comes to w + n, modulo 16.
inline ap_uint<512> turn_up(const ap_uint<512>& v, const ap_uint<4>& n) {
  ap_uint<512> r = v;
  if (n[0]) r = cat(ap_uint<480>(r.range(479, 0)), ap_uint<32>(r.range(511, 480)));
  if (n[1]) r = cat(ap_uint<448>(r.range(447, 0)), ap_uint<64>(r.range(511, 448)));
  if (n[2]) r = cat(ap_uint<384>(r.range(383, 0)), ap_uint<128>(r.range(511, 384)));
  if (n[3]) r = cat(ap_uint<256>(r.range(255, 0)), ap_uint<256>(r.range(511, 256)));
  return r;
}

// The first n words (0 .. 16) of one beat and the others of another.
inline ap_uint<512> splice(const ap_uint<512>& low, const ap_uint<512>& high, const ap_uint<5>& n) {
  ap_uint<512> r = 0;
  for (int w = 0; w < 16; ++w) {
#pragma HLS UNROLL
    const ap_uint<32> a = low.range(32 * w + 31, 32 * w), b = high.range(32 * w + 31, 32 * w);
    r.range(32 * w + 31, 32 * w) = n > w ? a : b;
  }
  return r;
}

// Sixteen words of two beats that follow each other, from word n (0 .. 16) on.
inline ap_uint<512> window_at(const ap_uint<512>& first, const ap_uint<512>& second, const ap_uint<5>& n) {
  return turn_up(splice(second, first, n), ap_uint<4>(0 - n));
}

// Packs the fields of a stream's struct, in the order of its visit(), from bit 0 up; the rest is 0.
template <int N>
class Packer {
 public:
  ap_uint<N> bits;
  int at;
  Packer() : bits(0), at(0) {}
  template <int W>
  void operator()(const ap_uint<W>& f) {
    bits.range(at + W - 1, at) = f;
    at += W;
  }
};

template <int N>
class Unpacker {
 public:
  ap_uint<N> bits;
  int at;
  explicit Unpacker(const ap_uint<N>& b) : bits(b), at(0) {}
  template <int W>
  void operator()(ap_uint<W>& f) {
    f = bits.range(at + W - 1, at);
    at += W;
  }
};

template <int N, class T>
inline ap_uint<N> pack(T v) {
  Packer<N> p;
  v.visit(p);
  return p.bits;
}

template <class T, int N>
inline T unpack(const ap_uint<N>& bits) {
  T v;
  Unpacker<N> u(bits);
  v.visit(u);
  return v;
}

}  // namespace hls_util
}  // namespace xesp
#endif
