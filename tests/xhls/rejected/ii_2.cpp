// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II = 2  // EXPECT: II=2: only II=1 is supported
  out.write(in.read());
}
