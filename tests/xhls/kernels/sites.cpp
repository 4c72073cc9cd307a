// SPDX-License-Identifier: Apache-2.0
// One RAM read and written at several places, of which a call takes one; conditions of many parts.
#include "kernels.h"

void sites(Stream<64>& in, Stream<72>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<16> cell[16];
  static ap_uint<8> count = 0;
  const ap_uint<64> x = in.read();
  const ap_uint<4> a = x.range(3, 0), b = x.range(7, 4), c = x.range(11, 8);
  ap_uint<16> seen = 0;
  if (x[12]) {
    seen = cell[a];
  } else if (x[13]) {
    seen = ap_uint<16>(cell[b] + 1);
    count = count + 3;
  }
  if (x[14]) {
    cell[b] = x.range(63, 48);
    count = count + 1;
  } else if (x[15]) {
    cell[c] = x.range(47, 32);
  }
  // Of five parts each.
  const ap_uint<1> all = x.range(17, 16) == 2 && x.range(22, 20) < 5 && seen != 7 && count > 9 && x.range(60, 59) != 1;
  const ap_uint<1> any = x.range(17, 16) == 1 || x.range(24, 20) > 29 || seen == 9 || count < 4 || x.range(56, 50) == 0;
  const ap_uint<1> odd = ap_uint<29>(x.range(58, 30)).xor_reduce();
  out.write((x.range(44, 0), odd, any, all, count, seen));
}
