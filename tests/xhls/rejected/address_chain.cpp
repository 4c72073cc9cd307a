// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<8> next[256];  // EXPECT: the read address of RAM 'next' depends on
  static ap_uint<8> at = 0;
  const ap_uint<64> x = in.read();
  at = next[at] ^ x.range(7, 0);
  next[x.range(15, 8)] = x.range(23, 16);
  out.write(at);
}
