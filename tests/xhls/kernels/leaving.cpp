// SPDX-License-Identifier: Apache-2.0
// A return in the middle. What becomes of `phase`, which decides about reading, must not seem to depend on the RAM, whose
// word decides about something else after the return.
#include "kernels.h"

void leaving(Stream<64>& in, Stream<32>& more, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<2> phase = 0;
  static ap_uint<16> seen[8];
  static ap_uint<16> sum = 0;
  const ap_uint<64> x = in.read();
  ap_uint<32> y = 0;
  if (phase != 3) y = more.read();
  const ap_uint<16> old = seen[x.range(2, 0)];
  seen[x.range(5, 3)] = x.range(31, 16);
  if (x[6]) {
    out.write(x ^ y);
    return;
  }
  out.write((sum, old, y));
  phase ^= x.range(8, 7);
  if (old > 100) {
    sum <<= 1;
    sum += x.range(47, 32);
  }
}
