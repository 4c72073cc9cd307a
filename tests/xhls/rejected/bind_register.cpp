// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<64> last[2];
#pragma HLS BIND_STORAGE variable=last type=ram_2p impl=bram  // EXPECT: 'last' is no memory here
  out.write(last[1]);
  last[1] = last[0];
  last[0] = in.read();
}
