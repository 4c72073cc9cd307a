// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<13>& out) {  // EXPECT: stream 'out': a width that is not a multiple of 8 bits
#pragma HLS PIPELINE II=1 style=flp
  out.write(in.read());
}
