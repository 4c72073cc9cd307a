// SPDX-License-Identifier: Apache-2.0
// in_sa_pair natively: what in_sa says of the same descriptors one by one.
#include <gtest/gtest.h>

#include <map>

#include "esn.h"
#include "in_sa_traffic.h"
#include "kernels.h"
#include "pair_output.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

// Words come back kLag descriptors late for the one and kPairLag calls late for the other; so the first kLag
// descriptors are commands, a call each, the later ones with a word that moves nothing, and from there on both read a
// word for each descriptor (InSaTraffic::Run).
using esn::kLag, esn::kPairLag;

// The tables of the kernels are static: so this is one test.
TEST(InSaPair, DoesWhatInSaDoesWithOneAfterTheOther) {
  constexpr size_t kDescriptors = 150'000;
  InSaTraffic traffic(kernel_test_seed());
  std::mt19937_64 random(1);
  ReqStream one_req("req");
  TopStream one_top("top");
  ReqPairStream pair_req("req");
  TopPairStream pair_top("top");
  PairOutput<kStripBits> strip("strip");
  PairOutput<kKeyBits> key("key");
  PairOutput<kHpBits> hp("hp");
  PairOutput<kRelBits> rel("rel");
  std::map<unsigned, size_t> reasons;
  size_t of_one_sa = 0, of_two = 0, extended = 0;
  for (size_t done = 0, count; done < kDescriptors; done += count) {
    count = done == 0 ? size_t{kLag} : 1 + random() % 64;
    const InSaTraffic::Run run = traffic.run(count, done == 0);
    std::vector<Rel> rels;
    for (size_t i = 0; i < count; ++i) {
      if (done > 0) one_top.write(run.tops[i]);
      for (const auto& word : run.requests[i]) {
        one_req.write(word);
        in_sa(one_req, one_top, strip.one, key.one, hp.one, rel.one);
      }
      strip.take();
      key.take();
      hp.take();
      rels.push_back(hls_util::unpack<Rel>(rel.take()));
      ++reasons[rels.back().status.to_uint()];
      extended += rels.back().packet && rels.back().esn && (rels.back().seq >> 32) != 0;
    }
    if (done == 0)
      for (int i = kPairLag; i < kLag; ++i) pair_top.write(0);
    else
      for (const auto& word : run.top_pairs) pair_top.write(word);
    for (const auto& word : pair_words<kReqBits>(run.requests, run.packet)) {
      pair_req.write(word);
      in_sa_pair(pair_req, pair_top, strip.pair, key.pair, hp.pair, rel.pair);
    }
    rel.expect(run.packet);
    strip.expect(run.packet);
    key.expect(run.packet);
    hp.expect(run.packet);
    ASSERT_TRUE(one_top.empty() && pair_top.empty());
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << "in the " << count << " descriptors from " << done;
    for (size_t i = 0; i + 1 < count; i += 2)
      if (rels[i].packet && rels[i + 1].packet) ++(rels[i].sa_index == rels[i + 1].sa_index ? of_one_sa : of_two);
  }
  for (const auto reason : {abi::kOk, abi::kDropShort, abi::kDropBadDescriptor, abi::kDropNoSa, abi::kDropEncap,
                            abi::kDropAlign, abi::kDropSaInvalid})
    EXPECT_GT(reasons[reason], kDescriptors / 1000) << "reason " << reason << " hardly came";
  EXPECT_GT(of_one_sa, kDescriptors / 50);
  EXPECT_GT(of_two, kDescriptors / 50);
  EXPECT_GT(extended, kDescriptors / 50);
}

}  // namespace
}  // namespace xesp::test
