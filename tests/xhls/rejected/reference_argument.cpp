// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
typedef ap_uint<64> Number;
static Number step(Number& x) {  // EXPECT: a non-inlined function takes values and const references; return results
#pragma HLS INLINE off
  x = x + 1;
  return x * 3;
}
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  ap_uint<64> x = in.read();
  const ap_uint<64> y = step(x);
  out.write(x ^ y);
}
