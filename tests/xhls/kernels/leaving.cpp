// SPDX-License-Identifier: Apache-2.0
// A return in the middle. What becomes of `phase`, which decides about reading, must not seem to depend on the RAM, whose
// word decides about something else after the return. And an element of an array of registers chosen by pointer.
#include "kernels.h"

void leaving(Stream<64>& in, Stream<32>& more, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<2> phase = 0;
  static ap_uint<16> seen[8];
  static ap_uint<13> pair[3] = {1, 2, 3};
  static ap_uint<16> sum = 0;
  ap_uint<64> x = 0;
  ap_uint<32> y = 0;
  if (phase != 3) {
    x = in.read();
    y = more.read();
  }
  const ap_uint<48> picked = (y[30] && !pair[0][8]) ? ap_uint<48>(pair[1]) : ap_uint<48>(pair[2]);
  const ap_uint<16> old = seen[x.range(2, 0)];
  seen[x.range(5, 3)] = x.range(31, 16);
  phase = phase + 1;
  if (x[6]) {
    out.write(x ^ y);
    return;
  }
  out.write((old, picked));
  phase ^= x.range(8, 7);
  if (old > picked) {
    sum <<= 1;
    sum += x.range(47, 32);
  }
  pair[1] &= x.range(60, 48);
  pair[2] = pair[2] * 5 + sum;
}
