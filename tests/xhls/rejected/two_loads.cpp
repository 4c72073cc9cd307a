// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<32> table[16];
  const ap_uint<64> x = in.read();
  const ap_uint<32> a = table[x.range(3, 0)];
  const ap_uint<32> b = table[x.range(15, 12)];  // EXPECT: RAM 'table' is read at two places
  table[x.range(7, 4)] = x;
  out.write(a ^ b);
}
