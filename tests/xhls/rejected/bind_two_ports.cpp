// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
static const unsigned char kTable[8] = {1, 7, 5, 4, 2, 0, 3, 6};
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS BIND_STORAGE variable=kTable type=rom_2p impl=bram  // EXPECT: is read at 3 places of 'top' and has 2 ports
  const ap_uint<64> x = in.read();
  out.write(kTable[x.range(2, 0)] + kTable[x.range(12, 10)] + kTable[x.range(22, 20)]);
}
