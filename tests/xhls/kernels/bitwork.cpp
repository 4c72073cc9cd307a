// SPDX-License-Identifier: Apache-2.0
#include "kernels.h"

void bitwork(Stream<128>& in, Stream<320>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<128> x = in.read();
  ap_uint<128> mirrored = 0, bytes = 0;
  for (int i = 0; i < 128; ++i) {
#pragma HLS UNROLL
    mirrored[i] = x[127 - i];
    bytes[i] = x[(i / 8) * 8 + 7 - i % 8];
  }
  ap_uint<8> ones = 0;
  for (int i = 0; i < 128; ++i) ones += x[i];
  ap_uint<1> parity = x.xor_reduce();
  ap_uint<4> flags = (x.range(15, 0).or_reduce(), x.range(15, 0).and_reduce(), x[3] && !x[4], x[7] ^ x[9]);
  ap_uint<16> kept = x & 0x5a5a;
  ap_uint<16> swapped = (x.range(7, 0), x.range(15, 8));
  ap_uint<5> first = 16;
  for (int i = 15; i >= 0; --i)
    if (x[i]) first = i;
  out.write((first, swapped, kept, flags, parity, ones, bytes, mirrored));
}
