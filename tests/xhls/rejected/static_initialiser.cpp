// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  static ap_uint<64> start = x;  // EXPECT: this static variable's initialiser is not a constant
  out.write(x - start);
}
