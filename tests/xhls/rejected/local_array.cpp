// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  ap_uint<8> bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = x.range(8 * i + 7, 8 * i) + i;
  out.write(bytes[x.range(2, 0)]);  // EXPECT: a local array is indexed at run time
}
