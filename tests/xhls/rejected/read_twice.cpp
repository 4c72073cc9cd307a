// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> a = in.read();
  const ap_uint<64> b = in.read();  // EXPECT: stream 'in' is read twice
  out.write(a ^ b);
}
