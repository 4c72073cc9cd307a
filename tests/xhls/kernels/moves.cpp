// SPDX-License-Identifier: Apache-2.0
// Read at one address, written at another, often the one of the call before or after.
#include "kernels.h"

void moves(Stream<32>& in, Stream<32>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<24> cell[8];
  const ap_uint<32> x = in.read();
  const ap_uint<3> from = x.range(2, 0), to = x.range(5, 3);
  const ap_uint<24> c = cell[from];
  if (x[6] || c[0]) cell[to] = c + x.range(31, 8);
  out.write(ap_uint<32>(c));
}
