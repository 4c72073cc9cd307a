// SPDX-License-Identifier: Apache-2.0
// Read at one address, written at another, often the one of the call before or after; and at one that hangs on what was read.
#include "kernels.h"

void moves(Stream<32>& in, Stream<80>& out) {
#pragma HLS PIPELINE II=1 \
    style=flp
  static ap_uint<24> cell[8];
  static ap_uint<9> two[2], couple[2], pair[2], both[2], twin[2], hop[2];  // small, so that the first call may hit what reset left
  const ap_uint<32> x = in.read();
  const ap_uint<3> from = x.range(2, 0), to = x.range(5, 3);
  const ap_uint<24> c = cell[from];
  if (x[6] || c[0]) cell[to] = c + x.range(31, 8);
  const ap_uint<1> f = x[9], t = x[10];
  const ap_uint<9> v = x.range(19, 11);
  const ap_uint<9> a = two[f], b = couple[f], d = pair[f], e = both[f], g = twin[f], h = hop[f];
  if (x[20]) two[t] = a + v;
  if (x[21]) couple[t] = b + v;
  const ap_uint<1> at_d = t ^ d[3], at_e = t ^ e[3], at_g = t ^ g[3], at_h = t ^ h[3];
  if (x[22]) pair[at_d] = d + v;
  if (x[23]) both[at_e] = e + v;
  if (x[24]) twin[at_g] = g + v;
  if (x[25]) hop[at_h] = h + v;
  out.write((ap_uint<2>(x), h, g, e, d, b, a, c));
}
