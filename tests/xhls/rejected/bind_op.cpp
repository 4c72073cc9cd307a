// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS BIND_OP variable=x op=mul impl=dsp  // EXPECT: unknown pragma: HLS BIND_OP
  const ap_uint<64> x = in.read();
  out.write(x * 3);
}
