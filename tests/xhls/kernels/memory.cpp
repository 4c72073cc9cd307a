// SPDX-License-Identifier: Apache-2.0
// Stores that do not depend on the load: commands against look-ups, a store before its load, a store after it.
#include "kernels.h"

void memory(Stream<128>& in, Stream<256>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<96> entry[32];
  static ap_uint<33> through[8];
  static ap_uint<32> behind[8];
  const ap_uint<128> x = in.read();
  ap_uint<96> found = 0;
  if (x[127])
    entry[x.range(4, 0)] = x.range(120, 25);
  else
    found = entry[x.range(4, 0)];
  if (x[126]) through[x.range(10, 8)] = x.range(48, 16);
  const ap_uint<33> fresh = through[x.range(13, 11)];
  const ap_uint<32> stale = behind[x.range(16, 14)];
  if (x[125]) behind[x.range(19, 17)] = x.range(90, 59) + 1;
  out.write((stale, fresh, found));
}
