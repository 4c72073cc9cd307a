// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
static const unsigned char kTable[8] = {1, 7, 5, 4, 2, 0, 3, 6};
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS BIND_STORAGE variable=kTable type=rom_1p impl=bram
  static ap_uint<3> at = 0;
  const ap_uint<64> x = in.read();
  at = kTable[ap_uint<3>(at ^ ap_uint<3>(x.range(2, 0)))];  // EXPECT: table 'kTable' takes part in a recurrence
  out.write(at);
}
