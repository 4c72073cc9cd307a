// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out, Stream<8>& never) {  // EXPECT: stream 'never' is never read and never written
#pragma HLS PIPELINE II=1 style=flp
  (void)never;
  out.write(in.read());
}
