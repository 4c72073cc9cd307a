// SPDX-License-Identifier: Apache-2.0
#include "kernels.h"

namespace {
struct Totals {
  ap_uint<40> sum;
  ap_uint<16> count;
  ap_uint<24> largest;
  ap_uint<1> seen;
};
}  // namespace

void record(Stream<64>& in, Stream<128>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static Totals t;
  static ap_uint<17> steps = 5;
  const ap_uint<64> x = in.read();
  const ap_uint<24> v = x.range(23, 0);
  if (x[63]) {
    t.sum = 0;
    t.count = 0;
    t.seen = 0;
  } else {
    t.sum += v;
    t.count++;
    if (!t.seen || v > t.largest) t.largest = v;
    t.seen = 1;
  }
  if (x[62]) steps += x.range(3, 0);
  out.write((steps, t.seen, t.largest, t.count, t.sum));
}
