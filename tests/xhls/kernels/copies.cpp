// SPDX-License-Identifier: Apache-2.0
// Structs copied whole from one RAM to another, written and read by member; tables of structs and of equal size.
#include <cstdint>

#include "kernels.h"

struct Pair {
  uint32_t a, b;
};
struct Odd {
  unsigned char small;
  unsigned short large;
};

static const Odd kOdd[4] = {{1, 500}, {2, 600}, {3, 700}, {4, 800}};
static const unsigned char kOne[8] = {3, 1, 4, 1, 5, 9, 2, 6};
static const unsigned char kOther[8] = {2, 7, 1, 8, 2, 8, 1, 8};

void copies(Stream<64>& in, Stream<96>& out) {
#pragma HLS PIPELINE II=1 style=flp
  static Pair from[8];
  static Pair to[8];
  static Pair last = {1, 2}, before = {3, 4};  // registers: copied whole, written and read by member
  const ap_uint<64> x = in.read();
  const unsigned i = ap_uint<3>(x.range(2, 0)).to_uint(), j = ap_uint<3>(x.range(5, 3)).to_uint();
  const unsigned k = ap_uint<3>(x.range(8, 6)).to_uint();
  const uint32_t seen = to[k].b ^ (to[k].a << 1);
  if (x[13])
    to[j] = from[j];
  else if (x[14])
    to[i].a = ap_uint<32>(x.range(50, 19)).to_uint();
  if (x[9]) from[i].a = ap_uint<32>(x.range(63, 32)).to_uint();
  if (x[10]) from[i].b = ap_uint<32>(x.range(52, 21)).to_uint();
  const uint32_t older = before.b;
  before = last;
  if (x[11]) last.a = ap_uint<32>(x.range(43, 12)).to_uint();
  if (x[12]) last.b = seen ^ older;
  ap_uint<96> r = 0;
  r.range(31, 0) = seen;
  r.range(47, 32) = kOdd[i & 3].large;
  r.range(55, 48) = kOne[k];
  r.range(63, 56) = kOther[k];
  r.range(95, 64) = x.range(31, 0) ^ ap_uint<32>(older) ^ (ap_uint<32>(before.a) << 7);
  out.write(r);
}
