// SPDX-License-Identifier: Apache-2.0
// Read-modify-write of RAMs, often at the same address in calls that follow each other.
#include "kernels.h"

void counters(Stream<64>& in, Stream<128>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<48> count[64];
  static ap_uint<20> window[16];
#pragma HLS BIND_STORAGE variable=count type=ram_2p
#pragma HLS DEPENDENCE variable=count inter true
  const ap_uint<64> x = in.read();
  const ap_uint<6> i = x.range(5, 0);
  ap_uint<48> c = count[i];
  if (x[8]) c += x.range(31, 16);
  count[i] = c;
  // Written under a condition, from a value that depends on the RAM before.
  const ap_uint<4> j = x.range(13, 10);
  const ap_uint<20> w = window[j];
  const bool accept = !w[c.range(3, 0)];
  if (accept) window[j] = (w | (ap_uint<20>(1) << c.range(3, 0))) ^ (x[9] ? ap_uint<20>(0x10001) : ap_uint<20>(0));
  out.write((ap_uint<1>(accept), w, c));
}
