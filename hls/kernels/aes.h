// SPDX-License-Identifier: Apache-2.0
//
// AES (FIPS 197), encryption only, for a pipeline of 14 rounds: one round a module, the key schedule expanded alongside.
// A block is an ap_uint<128> with byte i of FIPS 197's input in bits 8*i+7 : 8*i.
#ifndef XESP_KERNELS_AES_H
#define XESP_KERNELS_AES_H

#include "bits.h"

namespace xesp {
namespace aes {

using hls_util::cat;

// SubBytes, FIPS 197 figure 7.
static const unsigned char kSbox[256] = {
    0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01, 0x67, 0x2b, 0xfe, 0xd7, 0xab, 0x76,
    0xca, 0x82, 0xc9, 0x7d, 0xfa, 0x59, 0x47, 0xf0, 0xad, 0xd4, 0xa2, 0xaf, 0x9c, 0xa4, 0x72, 0xc0,
    0xb7, 0xfd, 0x93, 0x26, 0x36, 0x3f, 0xf7, 0xcc, 0x34, 0xa5, 0xe5, 0xf1, 0x71, 0xd8, 0x31, 0x15,
    0x04, 0xc7, 0x23, 0xc3, 0x18, 0x96, 0x05, 0x9a, 0x07, 0x12, 0x80, 0xe2, 0xeb, 0x27, 0xb2, 0x75,
    0x09, 0x83, 0x2c, 0x1a, 0x1b, 0x6e, 0x5a, 0xa0, 0x52, 0x3b, 0xd6, 0xb3, 0x29, 0xe3, 0x2f, 0x84,
    0x53, 0xd1, 0x00, 0xed, 0x20, 0xfc, 0xb1, 0x5b, 0x6a, 0xcb, 0xbe, 0x39, 0x4a, 0x4c, 0x58, 0xcf,
    0xd0, 0xef, 0xaa, 0xfb, 0x43, 0x4d, 0x33, 0x85, 0x45, 0xf9, 0x02, 0x7f, 0x50, 0x3c, 0x9f, 0xa8,
    0x51, 0xa3, 0x40, 0x8f, 0x92, 0x9d, 0x38, 0xf5, 0xbc, 0xb6, 0xda, 0x21, 0x10, 0xff, 0xf3, 0xd2,
    0xcd, 0x0c, 0x13, 0xec, 0x5f, 0x97, 0x44, 0x17, 0xc4, 0xa7, 0x7e, 0x3d, 0x64, 0x5d, 0x19, 0x73,
    0x60, 0x81, 0x4f, 0xdc, 0x22, 0x2a, 0x90, 0x88, 0x46, 0xee, 0xb8, 0x14, 0xde, 0x5e, 0x0b, 0xdb,
    0xe0, 0x32, 0x3a, 0x0a, 0x49, 0x06, 0x24, 0x5c, 0xc2, 0xd3, 0xac, 0x62, 0x91, 0x95, 0xe4, 0x79,
    0xe7, 0xc8, 0x37, 0x6d, 0x8d, 0xd5, 0x4e, 0xa9, 0x6c, 0x56, 0xf4, 0xea, 0x65, 0x7a, 0xae, 0x08,
    0xba, 0x78, 0x25, 0x2e, 0x1c, 0xa6, 0xb4, 0xc6, 0xe8, 0xdd, 0x74, 0x1f, 0x4b, 0xbd, 0x8b, 0x8a,
    0x70, 0x3e, 0xb5, 0x66, 0x48, 0x03, 0xf6, 0x0e, 0x61, 0x35, 0x57, 0xb9, 0x86, 0xc1, 0x1d, 0x9e,
    0xe1, 0xf8, 0x98, 0x11, 0x69, 0xd9, 0x8e, 0x94, 0x9b, 0x1e, 0x87, 0xe9, 0xce, 0x55, 0x28, 0xdf,
    0x8c, 0xa1, 0x89, 0x0d, 0xbf, 0xe6, 0x42, 0x68, 0x41, 0x99, 0x2d, 0x0f, 0xb0, 0x54, 0xbb, 0x16,
};

// The same beside its double in GF(2^8), S(x) in the low byte: what MixColumns takes.
static const unsigned short kSboxAndDouble[256] = {
    0xc663, 0xf87c, 0xee77, 0xf67b, 0xfff2, 0xd66b, 0xde6f, 0x91c5, 0x6030, 0x0201, 0xce67, 0x562b, 0xe7fe, 0xb5d7,
    0x4dab, 0xec76, 0x8fca, 0x1f82, 0x89c9, 0xfa7d, 0xeffa, 0xb259, 0x8e47, 0xfbf0, 0x41ad, 0xb3d4, 0x5fa2, 0x45af,
    0x239c, 0x53a4, 0xe472, 0x9bc0, 0x75b7, 0xe1fd, 0x3d93, 0x4c26, 0x6c36, 0x7e3f, 0xf5f7, 0x83cc, 0x6834, 0x51a5,
    0xd1e5, 0xf9f1, 0xe271, 0xabd8, 0x6231, 0x2a15, 0x0804, 0x95c7, 0x4623, 0x9dc3, 0x3018, 0x3796, 0x0a05, 0x2f9a,
    0x0e07, 0x2412, 0x1b80, 0xdfe2, 0xcdeb, 0x4e27, 0x7fb2, 0xea75, 0x1209, 0x1d83, 0x582c, 0x341a, 0x361b, 0xdc6e,
    0xb45a, 0x5ba0, 0xa452, 0x763b, 0xb7d6, 0x7db3, 0x5229, 0xdde3, 0x5e2f, 0x1384, 0xa653, 0xb9d1, 0x0000, 0xc1ed,
    0x4020, 0xe3fc, 0x79b1, 0xb65b, 0xd46a, 0x8dcb, 0x67be, 0x7239, 0x944a, 0x984c, 0xb058, 0x85cf, 0xbbd0, 0xc5ef,
    0x4faa, 0xedfb, 0x8643, 0x9a4d, 0x6633, 0x1185, 0x8a45, 0xe9f9, 0x0402, 0xfe7f, 0xa050, 0x783c, 0x259f, 0x4ba8,
    0xa251, 0x5da3, 0x8040, 0x058f, 0x3f92, 0x219d, 0x7038, 0xf1f5, 0x63bc, 0x77b6, 0xafda, 0x4221, 0x2010, 0xe5ff,
    0xfdf3, 0xbfd2, 0x81cd, 0x180c, 0x2613, 0xc3ec, 0xbe5f, 0x3597, 0x8844, 0x2e17, 0x93c4, 0x55a7, 0xfc7e, 0x7a3d,
    0xc864, 0xba5d, 0x3219, 0xe673, 0xc060, 0x1981, 0x9e4f, 0xa3dc, 0x4422, 0x542a, 0x3b90, 0x0b88, 0x8c46, 0xc7ee,
    0x6bb8, 0x2814, 0xa7de, 0xbc5e, 0x160b, 0xaddb, 0xdbe0, 0x6432, 0x743a, 0x140a, 0x9249, 0x0c06, 0x4824, 0xb85c,
    0x9fc2, 0xbdd3, 0x43ac, 0xc462, 0x3991, 0x3195, 0xd3e4, 0xf279, 0xd5e7, 0x8bc8, 0x6e37, 0xda6d, 0x018d, 0xb1d5,
    0x9c4e, 0x49a9, 0xd86c, 0xac56, 0xf3f4, 0xcfea, 0xca65, 0xf47a, 0x47ae, 0x1008, 0x6fba, 0xf078, 0x4a25, 0x5c2e,
    0x381c, 0x57a6, 0x73b4, 0x97c6, 0xcbe8, 0xa1dd, 0xe874, 0x3e1f, 0x964b, 0x61bd, 0x0d8b, 0x0f8a, 0xe070, 0x7c3e,
    0x71b5, 0xcc66, 0x9048, 0x0603, 0xf7f6, 0x1c0e, 0xc261, 0x6a35, 0xae57, 0x69b9, 0x1786, 0x99c1, 0x3a1d, 0x279e,
    0xd9e1, 0xebf8, 0x2b98, 0x2211, 0xd269, 0xa9d9, 0x078e, 0x3394, 0x2d9b, 0x3c1e, 0x1587, 0xc9e9, 0x87ce, 0xaa55,
    0x5028, 0xa5df, 0x038c, 0x59a1, 0x0989, 0x1a0d, 0x65bf, 0xd7e6, 0x8442, 0xd068, 0x8241, 0x2999, 0x5a2d, 0x1e0f,
    0x7bb0, 0xa854, 0x6dbb, 0x2c16,
};

inline ap_uint<8> sub(const ap_uint<8>& x) { return kSbox[x.to_uint()]; }

inline ap_uint<8> sub_in_ram(const ap_uint<8>& x) { return kSboxAndDouble[x.to_uint()] & 0xff; }

inline ap_uint<8> xtime(const ap_uint<8>& x) {
  ap_uint<8> r = x << 1;
  if (x[7]) r = r ^ ap_uint<8>(0x1b);
  return r;
}

// ShiftRows: byte (row, column) stands at 4 * column + row, and comes from here.
inline int shifted_from(int column, int row) { return 4 * ((column + row) % 4) + row; }

// MixColumns of one column, given each byte and its double.
inline ap_uint<32> mix(const ap_uint<8> (&a)[4], const ap_uint<8> (&twice)[4]) {
  ap_uint<32> r = 0;
  for (int i = 0; i < 4; ++i) {
#pragma HLS UNROLL
    const int j = (i + 1) % 4;
    r.range(8 * i + 7, 8 * i) = ap_uint<8>(twice[i] ^ twice[j] ^ a[j] ^ a[(i + 2) % 4] ^ a[(i + 3) % 4]);
  }
  return r;
}

// Rounds 1 to 13: SubBytes, ShiftRows, MixColumns, AddRoundKey. The S-boxes are logic ...
static ap_uint<128> round(ap_uint<128> s, ap_uint<128> k) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  ap_uint<128> r = 0;
  for (int c = 0; c < 4; ++c) {
#pragma HLS UNROLL
    ap_uint<8> a[4];
#pragma HLS ARRAY_PARTITION variable=a complete
    for (int row = 0; row < 4; ++row) {
#pragma HLS UNROLL
      const int from = shifted_from(c, row);
      a[row] = sub(s.range(8 * from + 7, 8 * from));
    }
    // The sum of all is shared, and a double is taken of two bytes at once: fewer LUTs than mix().
    const ap_uint<8> all = a[0] ^ a[1] ^ a[2] ^ a[3];
    for (int i = 0; i < 4; ++i) {
#pragma HLS UNROLL
      r.range(32 * c + 8 * i + 7, 32 * c + 8 * i) = ap_uint<8>(a[i] ^ all ^ xtime(a[i] ^ a[(i + 1) % 4]));
    }
  }
  return r ^ k;
}

// ... or eight block RAMs of 18 Kb, and a fifth of the LUTs.
static ap_uint<128> round_in_ram(ap_uint<128> s, ap_uint<128> k) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
#pragma HLS BIND_STORAGE variable=kSboxAndDouble type=rom_np impl=bram
  ap_uint<128> r = 0;
  for (int c = 0; c < 4; ++c) {
#pragma HLS UNROLL
    ap_uint<8> a[4], twice[4];
#pragma HLS ARRAY_PARTITION variable=a complete
#pragma HLS ARRAY_PARTITION variable=twice complete
    for (int row = 0; row < 4; ++row) {
#pragma HLS UNROLL
      const int from = shifted_from(c, row);
      const ap_uint<8> x = s.range(8 * from + 7, 8 * from);
      const ap_uint<16> both = kSboxAndDouble[x.to_uint()];
      a[row] = both.range(7, 0);
      twice[row] = both.range(15, 8);
    }
    r.range(32 * c + 31, 32 * c) = mix(a, twice);
  }
  return r ^ k;
}

// Round 14: no MixColumns. Not a module, so that what follows shares the LUT of the key's sum.
inline ap_uint<128> last_round(const ap_uint<128>& s, const ap_uint<128>& k) {
  ap_uint<128> r = 0;
  for (int i = 0; i < 16; ++i) {
#pragma HLS UNROLL
    const int from = shifted_from(i / 4, i % 4);
    r.range(8 * i + 7, 8 * i) = sub(s.range(8 * from + 7, 8 * from));
  }
  return r ^ k;
}

static ap_uint<128> last_round_in_ram(ap_uint<128> s, ap_uint<128> k) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
#pragma HLS BIND_STORAGE variable=kSboxAndDouble type=rom_np impl=bram
  ap_uint<128> r = 0;
  for (int i = 0; i < 16; ++i) {
#pragma HLS UNROLL
    const int from = shifted_from(i / 4, i % 4);
    const ap_uint<8> x = s.range(8 * from + 7, 8 * from);
    const ap_uint<16> both = kSboxAndDouble[x.to_uint()];
    r.range(8 * i + 7, 8 * i) = both.range(7, 0);
  }
  return r ^ k;
}

// ---- the key schedule, one for all key lengths (FIPS 197 5.2) ----
//
// Rounds are counted by their stage in a pipeline of fourteen: AES-128's ten take the last ten of them, AES-192's twelve
// the last twelve. So round key t here is FIPS 197's number t - 4, t - 2 or t.
//
// A short key's state waits in front of its first round at the value kWait in each byte. Its S-box is 0, so a round makes
// the round key of it, whatever the lane: with kWait as the key it waits on, and the last key before its first round
// is what enters there. The lanes need no multiplexers for that.
static const unsigned char kWait = 0x52;
inline ap_uint<128> waiting() {
  ap_uint<128> r = 0;
  for (int i = 0; i < 16; ++i) {
#pragma HLS UNROLL
    r.range(8 * i + 7, 8 * i) = ap_uint<8>(kWait);
  }
  return r;
}

struct Length {
  ap_uint<1> k128, k192;  // AES-256 is neither
};

static const unsigned char kRcon[11] = {0, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36};

// Round key 1 as the ones behind it need it. AES-192 has words 4 and 5 here, as the sums that straight_word2() adds up to them.
inline ap_uint<128> second_key(const ap_uint<256>& key, const Length& n) {
  ap_uint<128> r = key.range(255, 128);
  const ap_uint<32> w3 = key.range(127, 96), w4 = key.range(159, 128), w5 = key.range(191, 160);
  if (n.k192) r.range(127, 64) = cat(ap_uint<32>(w5 ^ w4), ap_uint<32>(w4 ^ w3));
  return r;
}

// A round key from the two before it, with one SubWord whatever the length. Word i is word i-1 (or what SubWord makes of
// it) xor word i-4, i-6 or i-8. TURNS: AES-256's SubWord comes with RotWord here, as it does for every second key.
// WORD: in front of which word AES-192 has its SubWord, 0 or 2; 4 for none. With 2 two words are summed before the S-boxes,
// and those are in RAM, for in logic there would be too many levels.
template <int TURNS, int WORD>
inline ap_uint<128> expand(const ap_uint<128>& older, const ap_uint<128>& newer, const ap_uint<8>& rcon,
                           const ap_uint<1>& k128, const ap_uint<1>& k192) {
  const ap_uint<32> o2 = older.range(95, 64), o3 = older.range(127, 96);
  const ap_uint<32> n0 = newer.range(31, 0), n1 = newer.range(63, 32), n3 = newer.range(127, 96);
  ap_uint<32> x = n3;
  if (WORD == 2 && k192) x = n3 ^ o2 ^ o3;  // word 1, which is not there yet
  ap_uint<32> plain = 0;
  for (int i = 0; i < 4; ++i) {
#pragma HLS UNROLL
    const ap_uint<8> b = x.range(8 * i + 7, 8 * i);
    plain.range(8 * i + 7, 8 * i) = WORD == 2 ? sub_in_ram(b) : sub(b);
  }
  const ap_uint<32> turned = cat(ap_uint<8>(plain.range(7, 0)), ap_uint<24>(plain.range(31, 8)));
  const ap_uint<32> f = ap_uint<32>(TURNS || k128 || k192 ? turned : plain) ^ ap_uint<32>(rcon);

  ap_uint<128> a = older;  // what the chain of words is added to
  if (k128) a = newer;
  if (k192) a = cat(n1, n0, o3, o2);
  const ap_uint<32> before = WORD != 0 && k192 ? n3 : f;
  const ap_uint<32> w0 = before ^ ap_uint<32>(a.range(31, 0));
  const ap_uint<32> w1 = w0 ^ ap_uint<32>(a.range(63, 32));
  const ap_uint<32> third = WORD == 2 && k192 ? f : w1;
  const ap_uint<32> w2 = third ^ ap_uint<32>(a.range(95, 64));
  const ap_uint<32> w3 = w2 ^ ap_uint<32>(a.range(127, 96));
  return cat(w3, w2, w1, w0);
}

// One module each. `short_key`: nothing is expanded, the key itself stands in `older` and is handed on.
static ap_uint<128> first_keys(ap_uint<128> older, ap_uint<128> newer, ap_uint<8> rcon, ap_uint<1> short_key,
                               ap_uint<1> k192) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  const ap_uint<128> r = expand<1, 4>(older, newer, rcon, 0, k192);
  return short_key ? older : r;
}
static ap_uint<128> turned_word0(ap_uint<128> older, ap_uint<128> newer, ap_uint<8> rcon, ap_uint<1> k128,
                                 ap_uint<1> k192) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  return expand<1, 0>(older, newer, rcon, k128, k192);
}
static ap_uint<128> turned_word2(ap_uint<128> older, ap_uint<128> newer, ap_uint<8> rcon, ap_uint<1> k128,
                                 ap_uint<1> k192) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
#pragma HLS BIND_STORAGE variable=kSboxAndDouble type=rom_np impl=bram
  return expand<1, 2>(older, newer, rcon, k128, k192);
}
static ap_uint<128> turned_none(ap_uint<128> older, ap_uint<128> newer, ap_uint<8> rcon, ap_uint<1> k128,
                                ap_uint<1> k192) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  return expand<1, 4>(older, newer, rcon, k128, k192);
}
static ap_uint<128> straight_word0(ap_uint<128> older, ap_uint<128> newer, ap_uint<8> rcon, ap_uint<1> k128,
                                   ap_uint<1> k192) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  return expand<0, 0>(older, newer, rcon, k128, k192);
}
static ap_uint<128> straight_word2(ap_uint<128> older, ap_uint<128> newer, ap_uint<8> rcon, ap_uint<1> k128,
                                   ap_uint<1> k192) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
#pragma HLS BIND_STORAGE variable=kSboxAndDouble type=rom_np impl=bram
  return expand<0, 2>(older, newer, rcon, k128, k192);
}
static ap_uint<128> straight_none(ap_uint<128> older, ap_uint<128> newer, ap_uint<8> rcon, ap_uint<1> k128,
                                  ap_uint<1> k192) {
#pragma HLS INLINE off
#pragma HLS PIPELINE II=1
  return expand<0, 4>(older, newer, rcon, k128, k192);
}

// Round key t = 2 .. 14.
inline ap_uint<128> next_key(int t, const ap_uint<128>& older, const ap_uint<128>& newer, const Length& n) {
  const int word = 4 * (t - 2);  // AES-192: number of the first word here; every sixth has its SubWord
  ap_uint<8> rcon = t % 2 == 0 ? kRcon[t / 2] : 0;
  if (t > 4 && n.k128) rcon = kRcon[t > 4 ? t - 4 : 0];
  if (t > 2 && n.k192) rcon = kRcon[(word + 2) / 6];
  if (t == 2) return first_keys(older, newer, rcon, n.k128 || n.k192, 0);
  if (t == 4) return first_keys(older, newer, rcon, n.k128, n.k192);
  if (t % 6 == 0) return turned_word2(older, newer, rcon, n.k128, n.k192);
  if (t % 6 == 1) return straight_none(older, newer, rcon, n.k128, n.k192);
  if (t % 6 == 2) return turned_word0(older, newer, rcon, n.k128, n.k192);
  if (t % 6 == 3) return straight_word2(older, newer, rcon, n.k128, n.k192);
  if (t % 6 == 4) return turned_none(older, newer, rcon, n.k128, n.k192);
  return straight_word0(older, newer, rcon, n.k128, n.k192);
}

// What stage r adds: with a short key, up to its first round, what has the state wait, and then what enters, `start`.
inline ap_uint<128> stage_key(int r, const ap_uint<128>& key, const ap_uint<128>& start, const Length& n) {
  ap_uint<128> k = key;
  if ((r < 4 && n.k128) || (r < 2 && n.k192)) k = waiting();
  if ((r == 4 && n.k128) || (r == 2 && n.k192)) k = key ^ start;
  return k;
}

}  // namespace aes
}  // namespace xesp
#endif
