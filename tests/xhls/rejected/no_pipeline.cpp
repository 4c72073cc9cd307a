// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {  // EXPECT: the top function needs `#pragma HLS PIPELINE
  out.write(in.read());
}
