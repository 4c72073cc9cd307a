// SPDX-License-Identifier: Apache-2.0
//
// The replay window (RFC 4303 3.4.3), of any size up to card::kMaxReplayWindow.
//
// All SAs share one memory of rows. A row has the bits of one block of numbers and a tag that says which block, of which
// SA in its present life; block b of an SA is in row `base + b mod rows`. A row with another tag counts as empty: neither
// a jump ahead nor a new SA clears anything, and no mask of numbers passed over is made.
//
// What lies left of the window follows from the highest number alone, and is known before the row is looked at. It does
// not touch the row, so that a window's rows need hold only the blocks that it reaches into (card::window_row_bits): a
// row that has an older block's bits has none that count. The rest writes its tag whatever becomes of it, which keeps
// the tags out of every loop.
#ifndef XESP_KERNELS_REPLAY_WINDOW_H
#define XESP_KERNELS_REPLAY_WINDOW_H

#include "bits.h"
#include "xesp_abi.h"

namespace xesp {
namespace replay_window {

static const int kPlaceBits = abi::kWindowBlockBits;
static const int kBlock = 1 << kPlaceBits;
static const int kEpochBits = 32;
static const int kTagBits = 64 - kPlaceBits + kEpochBits;

// What an SA's install says (card::SaEntry).
struct Rule {
  ap_uint<13> window;
  ap_uint<3> row_bits;  // `window_rows`
  ap_uint<abi::kWindowMemoryBits> base;
  ap_uint<kEpochBits> epoch;
  template <class V> void visit(V& v) { v(window); v(row_bits); v(base); v(epoch); }
};
static const int kRuleBits = 13 + 3 + abi::kWindowMemoryBits + kEpochBits;

// Of beat 3 of an entry; `good` if the card can keep such a window.
inline Rule rule_of(const ap_uint<512>& beat, ap_uint<1>& good) {
  const ap_uint<16> window = hls_util::field<416, 16>(beat);
  const ap_uint<5> more_row_bits = hls_util::field<435, 5>(beat);
  const ap_uint<32> base = hls_util::field<448, 32>(beat);
  Rule r;
  r.window = window;
  r.row_bits = hls_util::field<432, 3>(beat);
  r.base = base;
  r.epoch = hls_util::field<480, 32>(beat);
  const ap_uint<abi::kMaxWindowRowBits + 1> rows = ap_uint<abi::kMaxWindowRowBits + 1>(1) << r.row_bits;
  const ap_uint<abi::kMaxWindowRowBits> off = r.base & (rows - 1);
  const ap_uint<14> beyond = ap_uint<14>(r.window) + (kBlock - 2);  // blocks that it reaches into: this / kBlock + 1
  const ap_uint<7> blocks = ap_uint<7>(beyond.range(13, kPlaceBits)) + 1;
  good = window != 0 && window <= abi::kMaxReplayWindow && r.row_bits <= abi::kMaxWindowRowBits && more_row_bits == 0 &&
         base < abi::kWindowMemoryRows && off == 0 && blocks <= rows;
  return r;
}

inline ap_uint<abi::kWindowMemoryBits> row_of(const Rule& r, const ap_uint<64>& number) {
  const ap_uint<abi::kMaxWindowRowBits> block = number.range(kPlaceBits + abi::kMaxWindowRowBits - 1, kPlaceBits);
  const ap_uint<abi::kMaxWindowRowBits> mask = (ap_uint<abi::kMaxWindowRowBits + 1>(1) << r.row_bits) - 1;
  return r.base | ap_uint<abi::kWindowMemoryBits>(block & mask);
}

inline ap_uint<kTagBits> tag_of(const Rule& r, const ap_uint<64>& number) {
  return hls_util::cat(r.epoch, hls_util::field<kPlaceBits, 64 - kPlaceBits>(number));
}

// a < b as a difference's borrow: synthesis gives that one carry chain with a LUT before it.
template <int W>
inline ap_uint<1> below(const ap_uint<W>& a, const ap_uint<W>& b) {
  const ap_uint<W + 1> difference = ap_uint<W + 1>(a) - ap_uint<W + 1>(b);
  return difference[W];
}

// number + window <= top
inline ap_uint<1> left_of(const Rule& r, const ap_uint<64>& number, const ap_uint<64>& top) {
  const ap_uint<65> leaves = ap_uint<65>(number) + r.window;
  return !below<65>(ap_uint<65>(top), leaves);
}

}  // namespace replay_window
}  // namespace xesp
#endif
