// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<32> table[16];
  const ap_uint<64> x = in.read();
  const ap_uint<32> old = table[x.range(3, 0)];
  table[x.range(7, 4)] = x;
  if (x[63]) table[x.range(11, 8)] = 0;  // EXPECT: RAM 'table' is written at two places
  out.write(old);
}
