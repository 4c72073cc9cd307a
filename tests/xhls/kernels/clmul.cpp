// SPDX-License-Identifier: Apache-2.0
// Product of two polynomials over GF(2), and an accumulator that is multiplied by x each time.
#include "kernels.h"

void clmul(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  const ap_uint<32> a = x.range(31, 0), b = x.range(63, 32);
  ap_uint<64> r = 0;
  for (int i = 0; i < 32; ++i) {
#pragma HLS UNROLL
    if (a[i]) r ^= ap_uint<64>(b) << i;
  }
  static ap_uint<64> sum = 1;
  ap_uint<64> twice = sum << 1;
  if (sum[63]) twice ^= 0x1b;
  sum = twice ^ r;
  out.write(sum);
}
