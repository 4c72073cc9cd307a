// SPDX-License-Identifier: Apache-2.0
// Reads and writes under conditions. Bit 64 of `in` ends a packet; each packet's first word goes with one of `meta`.
#include "kernels.h"

void sometimes(Stream<72>& in, Stream<32>& meta, Stream<64>& even, Stream<72>& all) {
#pragma HLS PIPELINE II=1 style=flp
  static bool first = true;
  static ap_uint<32> key = 0;
  if (first) key = meta.read();
  const ap_uint<72> word = in.read();
  ap_uint<64> v = word.range(63, 0) ^ (key, key);
  if (!v[0]) even.write(v * 3);
  if (word[65])
    all.write((word.range(71, 64), v));
  else if (word[66])
    all.write(0x77);
  first = word[64];
}
