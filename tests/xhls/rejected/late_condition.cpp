// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& more, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<8> table[16];
  const ap_uint<64> x = in.read();
  ap_uint<64> y = 0;
  const ap_uint<8> known = table[x.range(3, 0)];
  table[x.range(7, 4)] = x.range(15, 8);
  if (known != 0) y = more.read();  // EXPECT: the condition of this read of stream 'more' depends on RAM 'table'
  out.write(x ^ y);
}
