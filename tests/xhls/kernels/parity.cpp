// SPDX-License-Identifier: Apache-2.0
// A parity of bits of which one is in the sum already; the function's argument is all zeros but for that bit.
#include "kernels.h"

ap_uint<27> stir(ap_uint<63> a, ap_uint<32> b) {
#pragma HLS INLINE off
  ap_uint<27> r = b.range(29, 3);
  r ^= a.range(41, 15);
  r[20] ^= ap_uint<1>(a.xor_reduce());
  if (ap_uint<4>(r.range(26, 23)) <= 10) return ap_uint<27>(ap_uint<1>(b.xor_reduce()));
  return r;
}

void parity(Stream<64>& in, Stream<48>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<64> x = in.read();
  out.write((ap_uint<21>(x), stir(x.range(40, 40), x.range(63, 32))));
}
