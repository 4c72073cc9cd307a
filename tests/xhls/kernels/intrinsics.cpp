// SPDX-License-Identifier: Apache-2.0
// What the compiler's middle end has operations of its own for: extremes, saturation, overflow, rotation.
#include <cstdint>

#include "kernels.h"

static const unsigned short kRows[8][4] = {{1, 2, 3, 5},     {7, 11, 13, 17},   {19, 23, 29, 31},   {37, 41, 43, 47},
                                           {53, 59, 61, 67}, {71, 73, 79, 83}, {89, 97, 101, 103}, {107, 109, 113, 127}};

void intrinsics(Stream<64>& in, Stream<416>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  const uint32_t a = ap_uint<32>(x.range(31, 0)).to_uint(), b = ap_uint<32>(x.range(63, 32)).to_uint();
  const int32_t s = static_cast<int32_t>(a), t = static_cast<int32_t>(b);
  const int32_t greater = s > t ? s : t;
  const int32_t smaller = s < t ? s : t;
  const uint32_t above = a > b ? a : b;
  const uint32_t below = a < b ? a : b;
  const uint32_t magnitude = s < 0 ? 0u - a : a;
  const uint32_t sum = a + b;
  const uint32_t clipped_sum = sum < a ? 0xffffffffu : sum;
  const uint32_t clipped_difference = a > b ? a - b : 0u;
  const uint32_t turned = (a << 5) | (a >> 27);
  const uint32_t joined = (a << 9) | (b >> 23);
  uint32_t carried = 0, borrowed = 0;
  const bool carry = __builtin_add_overflow(a, b, &carried);
  const bool borrow = __builtin_sub_overflow(a, b, &borrowed);
  const uint32_t flags = (carry ? 1u : 0u) | (borrow ? 2u : 0u) | (kRows[a & 7u][2] << 2) | (kRows[5][b & 3u] << 9) | (carried ^ borrowed) << 16 |
                         static_cast<uint32_t>(__builtin_parity(b)) << 31;
  ap_uint<416> r = 0;
  const uint32_t all[13] = {static_cast<uint32_t>(greater), static_cast<uint32_t>(smaller), above, below, magnitude, sum,
                            clipped_sum, clipped_difference, turned, joined, flags, carried, borrowed};
  for (int i = 0; i < 13; ++i) {
#pragma HLS UNROLL
    r.range(32 * i + 31, 32 * i) = all[i];
  }
  out.write(r);
}
