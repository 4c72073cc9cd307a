// SPDX-License-Identifier: Apache-2.0
// Elements that are stored whole here and member by member there.
#include "kernels.h"

struct Parts {
  ap_uint<36> wide;
  bool left = false, right = false;
  ap_uint<8> end;
};

void parts(Stream<64>& in, Stream<80>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static Parts cell[16];
  const ap_uint<64> x = in.read();
  const ap_uint<4> at = x.range(3, 0);
  const Parts old = cell[at];
  Parts next = old;
  if (x[4]) {
    next.wide ^= x.range(59, 24);
    next.end = next.end + 1;
    cell[at] = next;
  } else if (x[5]) {
    next.left = x[8];
    next.right = x[9] != old.left;
    next.wide = x.range(63, 30);
    next.end = x.range(23, 16);
    cell[at] = next;
  } else if (x[6]) {
    cell[at].right = x[10];
  }
  out.write((ap_uint<16>(x), ap_uint<20>(old.end), ap_uint<1>(old.right), ap_uint<7>(old.left), old.wide));
}
