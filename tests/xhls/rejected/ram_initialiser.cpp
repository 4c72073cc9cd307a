// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"

void top(Stream<32>& in, Stream<32>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static unsigned char cell[8] = {1, 2, 3, 4, 5, 6, 7, 8};  // EXPECT: has an initialiser
  const ap_uint<32> x = in.read();
  out.write(cell[ap_uint<3>(x.range(2, 0)).to_uint()]);
  cell[ap_uint<3>(x.range(5, 3)).to_uint()] = ap_uint<8>(x.range(15, 8)).to_uint();
}
