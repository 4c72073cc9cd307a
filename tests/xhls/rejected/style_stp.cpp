// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=stp  // EXPECT: style=stp: results do not wait for the next input here
  out.write(in.read());
}
