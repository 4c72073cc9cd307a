// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
unsigned chosen_at_start();
static unsigned offset = chosen_at_start();  // EXPECT: a global variable's initialiser is not a constant
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  out.write(x + offset);
}
