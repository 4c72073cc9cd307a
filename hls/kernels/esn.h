// SPDX-License-Identifier: Apache-2.0
//
// Extended sequence numbers (RFC 4303 2.2.1, appendix A2): the high half is not sent, so the receiver tells it from the
// window's left edge: a number is the first one from there on that has the low half received.
//
// in_sa needs it before decryption, in_replay knows the window behind it. in_replay therefore sends each packet's edge
// back, and in_sa takes these words kLag descriptors late, always by the same count: so the guess does not depend on
// timing. That late an edge is as good: it is at most that of kLag packets ago, and a guess is right for the 2^32 numbers
// from the edge on. Numbers between the old edge and the present one are told rightly too, where the present one would
// have taken them for numbers 2^32 later; in_replay makes that the failed ICV that it would have been.
#ifndef XESP_KERNELS_ESN_H
#define XESP_KERNELS_ESN_H

#include "bits.h"
#include "xesp_abi.h"

namespace xesp {
namespace esn {

// No more descriptors than this are on the card at once, so a word is there when its time comes, and nobody waits.
static const int kLag = abi::kMaxInFlight;
static const int kLagBits = 8;
static_assert(kLag == 1 << kLagBits, "in_sa counts to it by a carry");
// in_sa_pair counts its calls, of two packets each: as late for packets. Commands, a call each, may wait for the word of
// the call so many before, which is past in_sa_pair and needs nothing of those behind.
static const int kPairLag = kLag / 2;
static const int kPairLagBits = kLagBits - 1;

// Left edge of a window of so many numbers that ends at `top`. Never below 0, where A2.2's case B would make the high
// half -1 though no number was before.
inline ap_uint<64> edge(const ap_uint<64>& top, const ap_uint<13>& window) {
  const ap_uint<13> behind = window == 0 ? ap_uint<13>(0) : ap_uint<13>(window - 1);
  ap_uint<64> e = top - behind;
  if (top < behind) e = 0;
  return e;
}

inline ap_uint<64> guess(const ap_uint<64>& edge, const ap_uint<32>& low) {
  const ap_uint<32> edge_low = edge.range(31, 0);
  const ap_uint<1> next = low < edge_low;
  const ap_uint<32> high = ap_uint<32>(edge.range(63, 32)) + next;
  return hls_util::cat(high, low);
}

}  // namespace esn
}  // namespace xesp
#endif
