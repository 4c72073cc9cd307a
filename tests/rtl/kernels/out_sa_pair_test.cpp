// SPDX-License-Identifier: Apache-2.0
// out_sa_pair natively: what out_sa says of the same descriptors one by one.
#include <gtest/gtest.h>

#include <map>

#include "kernels.h"
#include "out_sa_traffic.h"
#include "pair_output.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

// What came of a descriptor.
struct Result {
  bool packet;
  unsigned sa, status, events;
};

struct OutSaPair : testing::Test {
  const uint64_t seed = kernel_test_seed();
  OutSaTraffic traffic{seed};
  std::mt19937_64 random{seed};
  ReqStream one_req{"req"};
  ReqPairStream pair_req{"req"};
  PairOutput<kEncBits> enc{"enc"};
  PairOutput<kKeyBits> key{"key"};
  PairOutput<kHpBits> hp{"hp"};
  PairOutput<kHdrBits> hdr{"hdr"};

  std::vector<Result> run(size_t count) {
    std::vector<std::vector<ap_uint<kReqBits>>> requests;
    std::vector<bool> packet;
    std::vector<Result> results;
    for (size_t i = 0; i < count; ++i) {
      requests.emplace_back();
      for (const Req& r : traffic.next()) {
        requests.back().push_back(hls_util::pack<kReqBits>(r));
        one_req.write(requests.back().back());
        out_sa(one_req, enc.one, key.one, hp.one, hdr.one);
      }
      enc.take();
      key.take();
      hp.take();
      const Hdr h = hls_util::unpack<Hdr>(hdr.take());
      packet.push_back(h.op == abi::kOpPacket);
      results.push_back({packet.back(), h.sa_index.to_uint(), h.status.to_uint(), h.events.to_uint()});
    }
    for (const PairWord<kReqBits>& w : pair_words<kReqBits>(requests, packet)) {
      pair_req.write(w);
      out_sa_pair(pair_req, enc.pair, key.pair, hp.pair, hdr.pair);
    }
    hdr.expect(packet);
    enc.expect(packet);
    key.expect(packet);
    hp.expect(packet);
    return results;
  }
};

TEST_F(OutSaPair, DoesWhatOutSaDoesWithOneAfterTheOther) {
  constexpr size_t kDescriptors = 400'000;
  constexpr unsigned kHard = abi::kEventHard, kSoft = abi::kEventSoft;
  std::map<unsigned, size_t> reasons;
  std::map<std::pair<unsigned, unsigned>, size_t> of_one_sa;    // both statuses
  std::map<std::pair<unsigned, unsigned>, size_t> both_events;  // of two that were sent
  for (size_t done = 0, count; done < kDescriptors; done += count) {
    count = 1 + random() % 64;
    const std::vector<Result> results = run(count);
    ASSERT_FALSE(HasFatalFailure()) << "in the " << count << " descriptors from " << done;
    for (const Result& r : results) ++reasons[r.status];
    for (size_t i = 0; i + 1 < count; i += 2) {
      const Result &even = results[i], &odd = results[i + 1];
      if (!even.packet || !odd.packet || even.sa != odd.sa) continue;
      ++of_one_sa[{even.status, odd.status}];
      if (even.status == abi::kOk && odd.status == abi::kOk) ++both_events[{even.events & kHard, odd.events & kHard}];
      if (even.status == abi::kOk && odd.status == abi::kOk) ++both_events[{even.events & kSoft, odd.events & kSoft}];
    }
  }
  for (const auto reason :
       {abi::kOk, abi::kDropShort, abi::kDropBadDescriptor, abi::kDropFragment, abi::kDropIpOptions, abi::kDropNoSa,
        abi::kDropStaleSa, abi::kDropExpired, abi::kDropSeqExhausted, abi::kDropOutputTooBig, abi::kDropSaInvalid})
    EXPECT_GT(reasons[reason], kDescriptors / 1000) << "reason " << reason << " hardly came";
  // The even one takes the last number, or what is left of a lifetime; or it is dropped and the odd one takes them.
  const std::pair<unsigned, unsigned> met[] = {{abi::kOk, abi::kOk},
                                               {abi::kOk, abi::kDropSeqExhausted},
                                               {abi::kOk, abi::kDropExpired},
                                               {abi::kOk, abi::kDropOutputTooBig},
                                               {abi::kDropOutputTooBig, abi::kOk},
                                               {abi::kDropStaleSa, abi::kOk},
                                               {abi::kDropSeqExhausted, abi::kDropSeqExhausted},
                                               {abi::kDropExpired, abi::kDropExpired}};
  for (const auto& m : met) EXPECT_GT(of_one_sa[m], 100u) << "statuses " << m.first << " and " << m.second;
  EXPECT_GT((both_events[{0u, kHard}]), 100u);
  EXPECT_GT((both_events[{kSoft, 0u}]), 100u);
  EXPECT_GT((both_events[{0u, kSoft}]), 100u);
}

}  // namespace
}  // namespace xesp::test
