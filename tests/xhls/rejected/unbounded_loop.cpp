// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  ap_uint<64> x = in.read();
  ap_uint<8> n = 0;
  while (x != 1) {  // EXPECT: trip count is not a constant
    x = x[0] ? ap_uint<64>(3 * x + 1) : ap_uint<64>(x >> 1);
    n++;
  }
  out.write(n);
}
