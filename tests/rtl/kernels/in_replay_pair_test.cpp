// SPDX-License-Identifier: Apache-2.0
// in_replay_pair natively: what in_replay says of the same descriptors one by one, and of those without scrambled
// fields what the plain model of replay_traffic.h says.
#include <gtest/gtest.h>

#include <map>

#include "kernels.h"
#include "pair_output.h"
#include "replay_scramble.h"
#include "replay_traffic.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

struct InReplayPair : testing::Test {
  const uint64_t seed = kernel_test_seed();
  std::mt19937_64 random{seed};
  ChkStream one_chk{"chk"};
  RelStream one_rel{"rel"};
  ChkPairStream pair_chk{"chk"};
  RelPairStream pair_rel{"rel"};
  PairOutput<kVerdictBits> verdict{"verdict"};
  PairOutput<kTopBits> top{"top"};

  std::vector<ReplayStep> run(ReplayTraffic& traffic, size_t count, bool scrambled) {
    std::vector<ReplayStep> steps;
    std::vector<std::vector<ap_uint<kChkBits>>> chks;
    std::vector<std::vector<ap_uint<kRelBits>>> rels;
    std::vector<bool> packet;
    for (size_t i = 0; i < count; ++i) {
      steps.push_back(traffic.next());
      ReplayStep& s = steps.back();
      if (scrambled) scramble(s.chk, s.rel, random);
      packet.push_back(s.rel.op == abi::kOpPacket);
      chks.push_back({hls_util::pack<kChkBits>(s.chk)});
      rels.push_back({hls_util::pack<kRelBits>(s.rel)});
      one_chk.write(chks.back()[0]);
      one_rel.write(rels.back()[0]);
      in_replay(one_chk, one_rel, verdict.one, top.one);
      const ap_uint<kVerdictBits> v = verdict.take();
      const ap_uint<kTopBits> t = top.take();
      if (!scrambled) expect_step(s, hls_util::unpack<Verdict>(v), hls_util::unpack<Top>(t));
    }
    const auto chk_words = pair_words<kChkBits>(chks, packet);
    const auto rel_words = pair_words<kRelBits>(rels, packet);
    for (size_t i = 0; i < rel_words.size(); ++i) {
      pair_chk.write(chk_words[i]);
      pair_rel.write(rel_words[i]);
      in_replay_pair(pair_chk, pair_rel, verdict.pair, top.pair);
    }
    verdict.expect(packet);
    top.expect(packet);
    return steps;
  }
};

// Short lives: limits and installs between the packets, the window's edge in the first numbers.
TEST_F(InReplayPair, DoesWhatInReplayDoesWithOneAfterTheOther) {
  constexpr size_t kDescriptors = 600'000;
  std::map<std::pair<unsigned, unsigned>, size_t> of_one_sa;  // both statuses
  std::map<std::pair<unsigned, unsigned>, size_t> events;     // of two that passed
  size_t twice = 0, both_move = 0, left_by_even = 0;
  for (const size_t life : {30, 1000}) {
    ReplayTraffic traffic(random(), life);
    for (size_t done = 0, count; done < kDescriptors / 2; done += count) {
      count = 1 + random() % 64;
      const std::vector<ReplayStep> steps = run(traffic, count, false);
      ASSERT_FALSE(HasFatalFailure()) << "in the " << count << " descriptors from " << done;
      for (size_t i = 0; i + 1 < count; i += 2) {
        const ReplayStep &even = steps[i], &odd = steps[i + 1];
        if (even.rel.op != abi::kOpPacket || odd.rel.op != abi::kOpPacket || even.rel.sa_index != odd.rel.sa_index)
          continue;
        ++of_one_sa[{even.status, odd.status}];
        if (even.accepted && odd.accepted) ++events[{even.events, odd.events}];
        twice += even.accepted && even.seq == odd.seq && odd.status == abi::kDropReplay;
        both_move += even.moves && odd.moves;
        left_by_even += even.moves && odd.status == abi::kDropReplayOld && odd.seq != 0;
      }
    }
  }
  const std::pair<unsigned, unsigned> met[] = {{abi::kOk, abi::kOk},
                                               {abi::kOk, abi::kDropReplay},
                                               {abi::kOk, abi::kDropReplayOld},
                                               {abi::kOk, abi::kDropExpired},
                                               {abi::kOk, abi::kDropIcv},
                                               {abi::kDropIcv, abi::kOk},
                                               {abi::kDropReplay, abi::kOk},
                                               {abi::kDropExpired, abi::kDropExpired},
                                               {abi::kDropExpired, abi::kDropReplay}};
  for (const auto& m : met) EXPECT_GT(of_one_sa[m], 100u) << "statuses " << m.first << " and " << m.second;
  EXPECT_GT((events[{0u, abi::kEventSoft}]), 100u);
  EXPECT_GT((events[{abi::kEventSoft, 0u}]), 100u);
  EXPECT_GT((events[{0u, abi::kEventHard}]), 100u);
  EXPECT_GT(twice, 1000u);
  EXPECT_GT(both_move, 10'000u);
  EXPECT_GT(left_by_even, 1000u);
}

TEST_F(InReplayPair, WithFieldsOfAnyKind) {
  constexpr size_t kDescriptors = 200'000;
  ReplayTraffic traffic(random(), 100);
  for (size_t done = 0, count; done < kDescriptors; done += count) {
    count = 1 + random() % 64;
    run(traffic, count, true);
    ASSERT_FALSE(HasFatalFailure()) << "in the " << count << " descriptors from " << done;
  }
}

}  // namespace
}  // namespace xesp::test
