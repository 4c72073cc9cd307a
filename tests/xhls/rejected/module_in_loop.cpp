// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
static ap_uint<64> stir(ap_uint<64> x) {
#pragma HLS INLINE off
  return (x << 1) ^ (x >> 3);
}
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<64> sum = 0;
  sum = stir(sum ^ in.read());  // EXPECT: takes part in a recurrence
  out.write(sum);
}
