// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
static unsigned gcd(unsigned a, unsigned b) {  // EXPECT: function 'gcd' is recursive
  return b == 0 ? a : gcd(b, a % b);
}
void top(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  out.write(gcd(x.range(31, 0), x.range(63, 32)));
}
