// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<64> sum = 1;
  const ap_uint<64> x = in.read();
  sum = ((sum + x) ^ (sum >> 3)) * 5 + (sum & x);  // EXPECT: a recurrence of a static variable must share one stage
  out.write(sum);
}
