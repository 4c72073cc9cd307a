// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"

void top(Stream<32>& in, Stream<32>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<16> cell[8];
  const ap_uint<32> x = in.read();
  const ap_uint<3> a = x.range(2, 0), b = x.range(5, 3);
  ap_uint<16> seen = 0;
  if (x[6]) {
    cell[a] = x.range(31, 16);  // EXPECT: is written before its read on one path and after it on another
    seen = cell[b];
  } else {
    seen = cell[b];
    cell[a] = ap_uint<16>(x.range(23, 8));
  }
  out.write(ap_uint<32>(seen));
}
