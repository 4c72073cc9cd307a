// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
static ap_uint<64> count(ap_uint<64> x) {
#pragma HLS INLINE off
  static ap_uint<64> sum = 0;
  sum += x;  // EXPECT: a non-inlined function is pure
  return sum;
}
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  out.write(count(in.read()));
}
