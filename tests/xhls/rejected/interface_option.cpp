// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS INTERFACE axis port=in name=other  // EXPECT: name=other: this option is not supported
#pragma HLS PIPELINE II=1 style=flp
  out.write(in.read());
}
