// SPDX-License-Identifier: Apache-2.0
#include "kernels.h"

static ap_uint<8> decode(ap_uint<4> op, ap_uint<8> v) {
  switch (op.to_uint()) {
    case 0: return v;
    case 1: return v + 1;
    case 2: case 7: return v ^ 0xff;
    case 5: return 0x42;
    default: return v >> 2;
  }
}

void compares(Stream<64>& a, Stream<64>& b, Stream<256>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = a.read(), y = b.read();
  ap_uint<256> r = 0;
  r[0] = x < y;
  r[1] = x <= y;
  r[2] = x == y;
  r[3] = x.range(31, 0) >= y.range(31, 0);
  r[4] = x.range(7, 0) > 16;
  r[5] = x.range(7, 0) < 16;
  r[6] = ap_uint<64>(x - y) != 0;
  r[7] = static_cast<int>(x.to_uint()) < static_cast<int>(y.to_uint());
  r[8] = static_cast<int>(x.to_uint()) >= 0;
  const ap_uint<16> p = x.range(15, 0), q = y.range(15, 0);
  r.range(31, 16) = p < q ? p : q;
  r.range(47, 32) = p < q ? q : p;
  r.range(63, 48) = p > q ? ap_uint<16>(p - q) : ap_uint<16>(0);
  r.range(71, 64) = decode(x.range(3, 0), y.range(7, 0));
  if (x[5]) {
    if (y[5])
      r.range(95, 72) = 0xabcdef;
    else
      r.range(95, 72) = x.range(23, 0);
  } else if (x[6] || y[6]) {
    r.range(95, 72) = y.range(23, 0);
  }
  r.range(159, 96) = x[0] ? x : y;
  out.write(r);
}
