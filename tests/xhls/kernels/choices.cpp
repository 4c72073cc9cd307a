// SPDX-License-Identifier: Apache-2.0
// What follows a switch over all values happens always: the RAM below must not seem to depend on `mode`, which depends
// on it. And a table in block RAM whose address takes logic.
#include "kernels.h"

static const unsigned short kMixed[64] = {
#define ROW(x) (x) * 40503 & 65535, ((x) + 1) * 40503 & 65535, ((x) + 2) * 40503 & 65535, ((x) + 3) * 40503 & 65535
#define ROWS(x) ROW(x), ROW((x) + 4), ROW((x) + 8), ROW((x) + 12)
    ROWS(0), ROWS(16), ROWS(32), ROWS(48)};

void choices(Stream<64>& in, Stream<64>& out) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS BIND_STORAGE variable=kMixed type=rom_np impl=bram
  static ap_uint<2> mode = 0;
  static ap_uint<16> seen[16];
  const ap_uint<64> x = in.read();
  ap_uint<16> y = 0;
  switch (mode.to_uint()) {
    case 0:
      y = x.range(15, 0);
      break;
    case 1:
    case 2:
      y = x.range(31, 16) + 1;
      break;
    case 3:
      y = x.range(47, 32) ^ x.range(63, 48);
      break;
  }
  seen[x.range(3, 0)] = x.range(40, 25);
  const ap_uint<16> old = seen[x.range(7, 4)];
  if (old[0]) mode = x.range(9, 8);
  const ap_uint<16> mixed = kMixed[x.range(5, 0) ^ x.range(21, 16)];
  out.write((mixed, mode, old, y));
}
