// SPDX-License-Identifier: Apache-2.0
#include "kernels.h"

void arithmetic(Stream<64>& a, Stream<64>& b, Stream<512>& out) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=a
#pragma HLS INTERFACE axis port=b
#pragma HLS INTERFACE axis port=out
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = a.read(), y = b.read();
  ap_uint<512> r = 0;
  r.range(64, 0) = x + y;
  r.range(191, 128) = x - y;
  r.range(255, 192) = x.range(15, 0) * y.range(31, 16);
  ap_uint<20> n = x;
  n += y.range(7, 0);
  n -= 3;
  ++n;
  r.range(275, 256) = n;
  r.range(307, 276) = x.range(63, 32) + (y << 4).range(31, 0) + 1;
  r.range(340, 308) = x.range(31, 0) - ap_uint<32>(y);
  r.range(404, 341) = (x ^ y) + (x & y) + ap_uint<64>(~x);
  r.range(511, 480) = (x.range(31, 0) < y.range(31, 0)) ? x.range(31, 0) - 5 : y.range(31, 0) + 7;
  out.write(r);
}
