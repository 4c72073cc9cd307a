// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out, Stream<64>& more) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<16> a = 1, b = 2, count = 0;
  const ap_uint<64> x = in.read();
  ap_uint<16>* place = &a;
  if (x[0]) {
    more.write(x + count);
    place = &b;
  }
  a = x.range(31, 16);  // EXPECT: static variable 'a' is accessed in a way that is not followed
  b = x.range(47, 32);
  count = count + 1;
  out.write(ap_uint<64>(*place));
}
