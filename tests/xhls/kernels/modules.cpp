// SPDX-License-Identifier: Apache-2.0
// Functions that stay modules: nested, with a result of several members, called more than once.
#include "kernels.h"

namespace {

struct Pair {
  ap_uint<32> sum;
  ap_uint<33> difference;
};

ap_uint<32> stir(ap_uint<32> a, ap_uint<5> k) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1 style=flp
  return (a << k) ^ (a * 5) ^ 0x9e3779b9u;
}

Pair both(const ap_uint<32>& a, const ap_uint<32>& b) {
#pragma HLS INLINE off
  Pair p;
  p.sum = stir(a, b.range(4, 0)) + b;
  p.difference = a - b;
  return p;
}

}  // namespace

void modules(Stream<128>& in, Stream<128>& out) {
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<128> x = in.read();
  const Pair p = both(x.range(31, 0), x.range(63, 32));
  const Pair q = both(x.range(95, 64), p.sum);
  const ap_uint<32> last = stir(q.sum, x.range(100, 96));
  static ap_uint<32> running = 1;
  running = (running << 1) ^ last;
  out.write((running, last, p.difference.range(31, 0), q.difference.range(31, 0)));
}
