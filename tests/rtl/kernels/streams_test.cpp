// SPDX-License-Identifier: Apache-2.0
// What the RTL knows of a word's inside.
#include <gtest/gtest.h>

#include <ap_int.h>

#include "streams.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

TEST(Streams, TheBitThatEndsADescriptorsRequestsIsWhereTheLanesMergeLooks) {
  const Req empty = hls_util::unpack<Req>(ap_uint<kReqBits>(0));
  Req last = empty;
  last.last = 1;
  EXPECT_TRUE(hls_util::pack<kReqBits>(last) == (ap_uint<kReqBits>(1) << kReqBelowLastBits));
}

}  // namespace
}  // namespace xesp::test
