// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<32> table[16];
#pragma HLS DEPENDENCE variable=table inter false  // EXPECT: DEPENDENCE false: what the vendor
  const ap_uint<64> x = in.read();
  const ap_uint<32> a = table[x.range(3, 0)];
  table[x.range(3, 0)] = a + 1;
  out.write(a);
}
