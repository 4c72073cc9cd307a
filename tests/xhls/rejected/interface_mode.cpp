// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS INTERFACE ap_fifo port=in  // EXPECT: INTERFACE ap_fifo: only axis and ap_ctrl_none are supported
#pragma HLS PIPELINE II=1 style=flp
  out.write(in.read());
}
