// SPDX-License-Identifier: Apache-2.0
#include "kernels.h"

static const unsigned char kPermuted[256] = {
#define ROW(x) (x) * 7 & 255, ((x) + 1) * 7 & 255, ((x) + 2) * 7 & 255, ((x) + 3) * 7 & 255, \
               ((x) + 4) * 7 & 255, ((x) + 5) * 7 & 255, ((x) + 6) * 7 & 255, ((x) + 7) * 7 & 255
#define ROWS(x) ROW(x), ROW((x) + 8), ROW((x) + 16), ROW((x) + 24)
    ROWS(0), ROWS(32), ROWS(64), ROWS(96), ROWS(128), ROWS(160), ROWS(192), ROWS(224)};

static const ap_uint<288> kWide[4] = {ap_uint<288>(1) << 287, 2, ap_uint<288>(0x123456789abcdefull) << 200, 4};

void tables(Stream<32>& in, Stream<320>& out) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS BIND_STORAGE variable=kPermuted type=rom_np impl=bram
  static const unsigned short kSquares[3][4] = {{0, 1, 4, 9}, {16, 25, 36, 49}, {64, 81, 100, 121}};
  const ap_uint<32> x = in.read();
  ap_uint<320> r = 0;
  for (int i = 0; i < 4; ++i) {
#pragma HLS UNROLL
    r.range(8 * i + 7, 8 * i) = kPermuted[x.range(8 * i + 7, 8 * i).to_uint()];
  }
  const unsigned row = x.range(3, 2).to_uint();
  r.range(47, 32) = kSquares[row == 3 ? 0 : row][x.range(1, 0).to_uint()];
  r ^= ap_uint<320>(kWide[x.range(5, 4)]) << 32;
  out.write(r);
}
