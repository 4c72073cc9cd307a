// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS INTERFACE axis port=inn  // EXPECT: axis port=inn: the top function has no such argument
#pragma HLS PIPELINE II=1 style=flp
  out.write(in.read());
}
