// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
static const unsigned char kTable[8] = {1, 7, 5, 4, 2, 0, 3, 6};
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS BIND_STORAGE variable=kTable type=ram_2p  // EXPECT: 'kTable' is a constant table
  out.write(kTable[in.read().range(2, 0)]);
}
