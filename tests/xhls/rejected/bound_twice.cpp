// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<32> table[16];
#pragma HLS BIND_STORAGE variable=table type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=table type=ram_2p impl=uram  // EXPECT: bound otherwise at
  const ap_uint<64> x = in.read();
  out.write(table[x.range(3, 0)]);
  table[x.range(7, 4)] = x;
}
