// SPDX-License-Identifier: Apache-2.0
// A static array indexed by constants alone is registers.
#include "kernels.h"

void delay_line(Stream<32>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<32> line[6];
#pragma HLS ARRAY_PARTITION variable=line complete
  const ap_uint<32> x = in.read();
  const ap_uint<32> old = line[5];
  for (int i = 5; i > 0; --i) {
#pragma HLS UNROLL
    line[i] = line[i - 1];
  }
  line[0] = x;
  ap_uint<32> sum = 0;
  for (int i = 0; i < 6; ++i) sum += line[i];
  out.write((old, sum));
}
