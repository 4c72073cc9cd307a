// SPDX-License-Identifier: Apache-2.0
#include "kernels.h"

void shifts(Stream<512>& in, Stream<16>& amount, Stream<1536>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<512> x = in.read();
  const ap_uint<16> n = amount.read();
  const ap_uint<6> bytes = n.range(5, 0);
  const ap_uint<9> bits = n.range(8, 0);
  ap_uint<512> left = x << (ap_uint<9>(bytes) << 3);
  ap_uint<512> right = x >> bits;
  ap_uint<64> over = x.range(63, 0) << n.range(6, 0);   // reaches the width
  ap_uint<64> under = x.range(127, 64) >> n.range(7, 0);
  const ap_uint<5> turn = n.range(13, 9);
  const ap_uint<32> word = x.range(31, 0);
  ap_uint<32> turned = (word << turn) | (word >> ((32 - turn) & 31));
  ap_uint<8> one = x.range(8 * bytes + 7, 8 * bytes);
  ap_uint<512> put = x;
  put.range(8 * bytes + 7, 8 * bytes) = 0xa5;
  put[bits] = 1;
  out.write((put.range(343, 0), one, turned, under, over, right, left));
}
