// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS BIND_STORAGE variable=table type=ram_2p  // EXPECT: variable=table: no static or constant array of this name
  out.write(in.read());
}
