// SPDX-License-Identifier: Apache-2.0
// What the RTL knows of a word's inside.
#include <gtest/gtest.h>

#include <ap_int.h>

#include <algorithm>

#include "streams.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

// Counts the bits that a struct packs.
struct Width {
  int bits = 0;
  template <int W>
  void operator()(const ap_uint<W>&) {
    bits += W;
  }
};
template <class T>
int width_of() {
  Width width;
  T().visit(width);
  return width.bits;
}

// A packer writes beyond its word in silence.
TEST(Streams, EachStructFitsItsStream) {
  EXPECT_LE(width_of<Beat>(), std::min({kPktBits, kRawBits, kHeldBits, kOutBits}));
  EXPECT_LE(width_of<Req>(), kReqBits);
  EXPECT_LE(width_of<Enc>(), kEncBits);
  EXPECT_LE(width_of<Strip>(), kStripBits);
  EXPECT_LE(width_of<Icv>(), kIcvBits);
  EXPECT_LE(width_of<Key>(), kKeyBits);
  EXPECT_LE(width_of<HashParams>(), kHpBits);
  EXPECT_LE(width_of<Hdr>(), kHdrBits);
  EXPECT_LE(width_of<Rel>(), kRelBits);
  EXPECT_LE(width_of<Top>(), kTopBits);
  EXPECT_LE(width_of<Text>(), std::min({kPtBits, kCtBits, kGhBits}));
  EXPECT_LE(width_of<Chk>(), kChkBits);
  EXPECT_LE(width_of<Verdict>(), kVerdictBits);
}

TEST(Streams, TheBitThatEndsADescriptorsRequestsIsWhereTheLanesMergeLooks) {
  const Req empty = hls_util::unpack<Req>(ap_uint<kReqBits>(0));
  Req last = empty;
  last.last = 1;
  EXPECT_TRUE(hls_util::pack<kReqBits>(last) == (ap_uint<kReqBits>(1) << kReqBelowLastBits));
}

}  // namespace
}  // namespace xesp::test
