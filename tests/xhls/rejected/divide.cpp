// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  out.write(x.range(31, 0) / x.range(63, 32));  // EXPECT: operation 'udiv' is not supported
}
