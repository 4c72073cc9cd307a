// SPDX-License-Identifier: Apache-2.0
//
// One function an operator, mostly at widths that no C type has: 13 and 33 bits.
#include "proofs.h"

// Sums and differences

static ap_uint<14> add_unsigned(ap_uint<13> a, ap_uint<13> b) {
#pragma HLS INLINE off
  return a + b;
}

static ap_int<34> add_signed(ap_int<33> a, ap_int<13> b) {
#pragma HLS INLINE off
  return a + b;
}

static ap_int<35> add_mixed(ap_uint<33> a, ap_int<13> b) {
#pragma HLS INLINE off
  return a + b;
}

static ap_int<14> subtract_unsigned(ap_uint<13> a, ap_uint<13> b) {
#pragma HLS INLINE off
  return a - b;
}

static ap_int<34> subtract_signed(ap_int<13> a, ap_int<33> b) {
#pragma HLS INLINE off
  return a - b;
}

static ap_uint<13> add_many(ap_uint<13> a, ap_uint<13> b, ap_uint<13> c, ap_uint<13> d) {
#pragma HLS INLINE off
  return a + b + c - d + 1;
}

static ap_int<34> negate(ap_int<33> a) {
#pragma HLS INLINE off
  return -a;
}

static ap_uint<12> multiply_unsigned(ap_uint<6> a, ap_uint<6> b) {
#pragma HLS INLINE off
  return a * b;
}

static ap_int<12> multiply_signed(ap_int<6> a, ap_int<6> b) {
#pragma HLS INLINE off
  return a * b;
}

// Comparisons; the result has one bit for each operator

static ap_uint<6> compare_unsigned(ap_uint<33> a, ap_uint<33> b) {
#pragma HLS INLINE off
  ap_uint<6> r = 0;
  r[0] = a == b;
  r[1] = a != b;
  r[2] = a < b;
  r[3] = a <= b;
  r[4] = a > b;
  r[5] = a >= b;
  return r;
}

static ap_uint<6> compare_signed(ap_int<33> a, ap_int<33> b) {
#pragma HLS INLINE off
  ap_uint<6> r = 0;
  r[0] = a == b;
  r[1] = a != b;
  r[2] = a < b;
  r[3] = a <= b;
  r[4] = a > b;
  r[5] = a >= b;
  return r;
}

static ap_uint<6> compare_mixed(ap_int<13> a, ap_uint<33> b) {
#pragma HLS INLINE off
  ap_uint<6> r = 0;
  r[0] = a == b;
  r[1] = a != b;
  r[2] = a < b;
  r[3] = a <= b;
  r[4] = a > b;
  r[5] = a >= b;
  return r;
}

// Against constants on both sides of every border of 13 bits
static ap_uint<6> compare_constant(ap_uint<13> a, ap_int<13> b) {
#pragma HLS INLINE off
  ap_uint<6> r = 0;
  r[0] = a < 4096;
  r[1] = a > 8190;
  r[2] = a <= 1000;
  r[3] = b < 0;
  r[4] = b > -4096;
  r[5] = b == 4095;
  return r;
}

static ap_int<33> largest(ap_int<33> a, ap_int<33> b, ap_int<33> c) {
#pragma HLS INLINE off
  ap_int<33> r = a;
  if (b > r) r = b;
  if (c > r) r = c;
  return r;
}

// Shifts by an amount that may reach the width and pass it

static ap_uint<33> shift_left(ap_uint<33> a, ap_uint<7> n) {
#pragma HLS INLINE off
  return a << n;
}

static ap_uint<33> shift_right(ap_uint<33> a, ap_uint<7> n) {
#pragma HLS INLINE off
  return a >> n;
}

static ap_int<33> shift_right_signed(ap_int<33> a, ap_uint<7> n) {
#pragma HLS INLINE off
  return a >> n;
}

static ap_uint<40> shift_either(ap_uint<40> a, ap_uint<6> n, ap_uint<1> left) {
#pragma HLS INLINE off
  ap_uint<40> r = a >> n;
  if (left) r = a << n;
  return r;
}

static ap_uint<32> rotate_left(ap_uint<32> a, ap_uint<5> n) {
#pragma HLS INLINE off
  const ap_uint<5> back = 0 - n;
  return (a << n) | (a >> back);
}

// Bits

static ap_uint<6> popcount(ap_uint<33> a) {
#pragma HLS INLINE off
  ap_uint<6> n = 0;
  for (int i = 0; i < 33; ++i) {
#pragma HLS UNROLL
    n = n + a[i];
  }
  return n;
}

static ap_uint<3> reduce_bits(ap_uint<33> a) {
#pragma HLS INLINE off
  ap_uint<3> r = 0;
  r[0] = a.or_reduce();
  r[1] = a.and_reduce();
  r[2] = a.xor_reduce();
  return r;
}

static ap_uint<33> reverse_bits(ap_uint<33> a) {
#pragma HLS INLINE off
  a.reverse();
  return a;
}

static ap_uint<33> write_range(ap_uint<33> a, ap_uint<9> v) {
#pragma HLS INLINE off
  a.range(20, 12) = v;
  return a;
}

static ap_uint<33> write_bit(ap_uint<33> a, ap_uint<6> i, ap_uint<1> v) {
#pragma HLS INLINE off
  if (i < 33) a[i] = v;
  return a;
}

static ap_uint<8> read_byte(ap_uint<64> a, ap_uint<3> i) {
#pragma HLS INLINE off
  return a >> (ap_uint<6>(i) << 3);
}

static ap_uint<64> write_byte(ap_uint<64> a, ap_uint<3> i, ap_uint<8> v) {
#pragma HLS INLINE off
  for (int k = 0; k < 8; ++k) {
#pragma HLS UNROLL
    if (i == k) a.range(8 * k + 7, 8 * k) = v;
  }
  return a;
}

static ap_uint<46> concatenate(ap_int<13> a, ap_uint<33> b) {
#pragma HLS INLINE off
  return (a, b);
}

// Widths

static ap_uint<46> extend_sign(ap_int<13> a) {
#pragma HLS INLINE off
  const ap_int<46> wide = a;
  return wide;
}

static ap_int<33> extend_zero(ap_uint<13> a) {
#pragma HLS INLINE off
  return a;
}

static ap_int<40> cut_and_extend(ap_uint<33> a) {
#pragma HLS INLINE off
  const ap_int<13> low = a;
  return low;
}

static ap_uint<13> saturate_unsigned(ap_uint<13> a, ap_uint<13> b) {
#pragma HLS INLINE off
  const ap_uint<14> sum = a + b;
  ap_uint<13> r = sum;
  if (sum[13]) r = 0x1fff;
  return r;
}

static ap_int<13> saturate_signed(ap_int<33> a) {
#pragma HLS INLINE off
  ap_int<13> r = a;
  if (a > 4095) r = 4095;
  if (a < -4096) r = -4096;
  return r;
}

// Choices

static ap_uint<6> first_one(ap_uint<33> a) {
#pragma HLS INLINE off
  ap_uint<6> r = 33;
  for (int i = 32; i >= 0; --i) {
#pragma HLS UNROLL
    if (a[i]) r = i;
  }
  return r;
}

static ap_uint<13> choose(ap_uint<4> when, ap_uint<13> a, ap_uint<13> b, ap_uint<13> c, ap_uint<13> d) {
#pragma HLS INLINE off
  ap_uint<13> r = 0;
  if (when[3]) {
    r = a;
  } else if (when[2]) {
    r = when[0] ? b : c;
  } else if (when[1] && !when[0]) {
    r = d;
  } else if (a == b) {
    r = c ^ d;
  }
  return r;
}

static ap_uint<13> switch_on(ap_uint<4> op, ap_uint<13> a, ap_uint<13> b) {
#pragma HLS INLINE off
  ap_uint<13> r = a;
  switch (op.to_uint()) {
    case 0: r = a + b; break;
    case 1: r = a - b; break;
    case 2:
    case 5: r = a & b; break;
    case 3: r = a | b; break;
    case 6: r = ~a; break;  // and falls to nothing
    case 9: r = a << 3; break;
    case 12: r = b; break;
    case 15: r = 0x155; break;
    default: break;
  }
  return r;
}

static ap_uint<8> squares(ap_uint<4> i) {
#pragma HLS INLINE off
  static const unsigned char table[16] = {0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, 225};
  return table[i.to_uint()];
}

void operators(In& in, Out& out) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=in
#pragma HLS INTERFACE axis port=out
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<1024> x = in.read();
  const ap_uint<1024> y = x >> 100, z = x >> 200, w = x >> 300, v = x >> 400;
  ap_uint<512> r = 0;
  r ^= add_unsigned(x, y);
  r ^= add_signed(x, y);
  r ^= add_mixed(x, y);
  r ^= subtract_unsigned(x, y);
  r ^= subtract_signed(x, y);
  r ^= add_many(x, y, z, w);
  r ^= negate(x);
  r ^= multiply_unsigned(x, y);
  r ^= multiply_signed(x, y);
  r ^= compare_unsigned(x, y);
  r ^= compare_signed(x, y);
  r ^= compare_mixed(x, y);
  r ^= compare_constant(x, y);
  r ^= largest(x, y, z);
  r ^= shift_left(x, y);
  r ^= shift_right(x, y);
  r ^= shift_right_signed(x, y);
  r ^= shift_either(x, y, z);
  r ^= rotate_left(x, y);
  r ^= popcount(x);
  r ^= reduce_bits(x);
  r ^= reverse_bits(x);
  r ^= write_range(x, y);
  r ^= write_bit(x, y, z);
  r ^= read_byte(x, y);
  r ^= write_byte(x, y, z);
  r ^= concatenate(x, y);
  r ^= extend_sign(x);
  r ^= extend_zero(x);
  r ^= cut_and_extend(x);
  r ^= saturate_unsigned(x, y);
  r ^= saturate_signed(x);
  r ^= first_one(x);
  r ^= choose(x, y, z, w, v);
  r ^= switch_on(x, y, z);
  r ^= squares(x);
  out.write(r);
}
