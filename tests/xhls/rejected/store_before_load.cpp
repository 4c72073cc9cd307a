// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"

void top(Stream<32>& in, Stream<32>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<16> cell[8];  // EXPECT: is written and then read in one call, and the write depends on earlier reads
  static ap_uint<16> last = 0;
  const ap_uint<32> x = in.read();
  cell[x.range(2, 0)] = last;
  last = cell[x.range(5, 3)];
  out.write(ap_uint<32>(last));
}
