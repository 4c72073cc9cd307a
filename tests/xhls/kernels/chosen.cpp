// SPDX-License-Identifier: Apache-2.0
// An element of an array of registers that LLVM chooses by pointer, and reads behind a merge of paths.
#include "kernels.h"

void chosen(Stream<152>& in, Stream<40>& more, Stream<208>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<4> turn = 3, idle = 0;
  static ap_uint<13> list[6] = {8191, 6110, 4498, 0, 8190, 3};
  static ap_uint<52> product = 4503599627370495ull;
  ap_uint<152> x = 0;
  ap_uint<40> y = 0;
  if (idle != 15) {
    in >> x;
    more.read(y);
  }
  const ap_uint<511> picked = (y[30] && !list[5][8]) ? ap_uint<511>(list[1]) : ap_uint<511>(list[2]);
  ap_uint<31> bits = 0;
  for (int i = 0; i < 4; ++i)
    if (turn[i]) bits ^= ap_uint<31>(picked) << i;
  switch (ap_uint<2>(bits.range(7, 6)).to_uint()) {
    case 1:
      product *= ap_uint<40>(x.range(119, 85));
  }
  const ap_uint<3> factor = ap_uint<165>((x, list[1]));
  if (!x[127] && !x[4]) out.write((x, product));
  idle[1] = turn.xor_reduce();
  list[1] &= list[4];
  list[2] *= factor;
}
