// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "esp/replay_window.h"

namespace xesp::esp {
namespace {

// The rule of RFC 4303 3.4.3 with a set of all numbers ever accepted.
class Oracle {
 public:
  explicit Oracle(unsigned size = abi::kReplayWindow) : size_(size) {}
  abi::DropReason take(uint64_t seq) {
    if (seq == 0 || seq + size_ <= top_) return abi::kDropReplayOld;
    if (!seen_.insert(seq).second) return abi::kDropReplay;
    top_ = std::max(top_, seq);
    return abi::kOk;
  }

 private:
  unsigned size_;
  std::set<uint64_t> seen_;
  uint64_t top_ = 0;
};

abi::DropReason take(ReplayWindow& window, uint64_t seq) {
  const abi::DropReason reason = window.check(seq);
  if (reason == abi::kOk) window.accept(seq);
  return reason;
}

TEST(ReplayWindow, EdgesOfTheWindow) {
  ReplayWindow w;
  EXPECT_EQ(w.check(0), abi::kDropReplayOld);
  EXPECT_EQ(take(w, 1000), abi::kOk);
  EXPECT_EQ(take(w, 1000), abi::kDropReplay);
  EXPECT_EQ(take(w, 1000 - 127), abi::kOk);
  EXPECT_EQ(take(w, 1000 - 127), abi::kDropReplay);
  EXPECT_EQ(take(w, 1000 - 128), abi::kDropReplayOld);
  EXPECT_EQ(take(w, 1001), abi::kOk);
  EXPECT_EQ(take(w, 1000 - 127), abi::kDropReplayOld) << "one step further, it is out";
}

TEST(ReplayWindow, CheckChangesNothing) {
  ReplayWindow w;
  EXPECT_EQ(w.check(70000), abi::kOk);
  EXPECT_EQ(w.check(70000), abi::kOk);
  EXPECT_EQ(w.highest(), 0u);
}

TEST(ReplayWindow, AJumpByAWholeWindowForgetsAll) {
  for (const uint64_t step : {127u, 128u, 129u, 1000000u}) {
    ReplayWindow w;
    take(w, 5);
    take(w, 5 + step);
    EXPECT_EQ(w.check(5), step < 128 ? abi::kDropReplay : abi::kDropReplayOld) << step;
    EXPECT_EQ(w.check(5 + step - 1), abi::kOk) << step;
  }
}

TEST(ReplayWindow, ARestoredSaHasSeenAllBelow) {
  ReplayWindow w(abi::kReplayWindow, 500);
  EXPECT_EQ(w.check(500), abi::kDropReplay);
  EXPECT_EQ(w.check(373), abi::kDropReplay);
  EXPECT_EQ(w.check(372), abi::kDropReplayOld);
  EXPECT_EQ(take(w, 510), abi::kOk);
  EXPECT_EQ(w.check(500), abi::kDropReplay);
  EXPECT_EQ(w.check(505), abi::kOk);
}

TEST(ReplayWindow, RandomOrderAgreesWithASetOfAllNumbers) {
  std::mt19937_64 random(4303);
  for (const unsigned size : {1u, 2u, 3u, 63u, 64u, 65u, 127u, 128u, 129u, 130u, 150u, 199u}) {
    ReplayWindow w(size);
    Oracle oracle(size);
    uint64_t centre = 1 + random() % 1000;
    for (int i = 0; i < 5000; ++i) {
      if (random() % 50 == 0) centre += random() % 400;
      const uint64_t back = random() % 200;
      const uint64_t seq = (back > centre ? 0 : centre - back) + random() % 20;
      centre = std::max(centre, seq);
      ASSERT_EQ(take(w, seq), oracle.take(seq)) << "size " << size << " packet " << i << " seq " << seq;
    }
  }
}

// Jumps of any length up to more than the ring of numbers, from any place in it, up to the last number that there is.
TEST(ReplayWindow, LongJumpsAgreeWithASetOfAllNumbers) {
  std::mt19937_64 random(6479);
  for (const unsigned size : {1u, 64u, 128u, 1000u, 4032u, 4033u, 4095u, 4096u}) {
    ReplayWindow w(size);
    Oracle oracle(size);
    uint64_t top = 1;
    for (int i = 0; i < 20000; ++i) {
      const uint64_t reach = uint64_t{1} << random() % 14;
      const uint64_t step = random() % reach;
      const uint64_t seq = random() % 4 == 0 ? top + step : top - std::min(top, step);
      top = std::max(top, seq);
      ASSERT_EQ(take(w, seq), oracle.take(seq)) << "size " << size << " packet " << i << " seq " << seq;
    }
  }
}

TEST(ReplayWindow, TheLastNumbers) {
  constexpr uint64_t kLast = ~uint64_t{0};
  ReplayWindow w(abi::kMaxReplayWindow, kLast - 100);
  EXPECT_EQ(take(w, kLast), abi::kOk);
  EXPECT_EQ(w.check(kLast), abi::kDropReplay);
  EXPECT_EQ(w.check(kLast - 100), abi::kDropReplay);
  for (uint64_t back = 1; back < 100; ++back) EXPECT_EQ(take(w, kLast - back), abi::kOk) << back;
}

TEST(ReplayWindow, TheLargest) {
  ReplayWindow w(abi::kMaxReplayWindow);
  EXPECT_EQ(take(w, 10000), abi::kOk);
  EXPECT_EQ(take(w, 10000 - 4095), abi::kOk);
  EXPECT_EQ(take(w, 10000 - 4096), abi::kDropReplayOld);
  EXPECT_EQ(take(w, 10001), abi::kOk);
  EXPECT_EQ(take(w, 10000 - 4095), abi::kDropReplayOld);
  EXPECT_EQ(take(w, 10000), abi::kDropReplay);
}

}  // namespace
}  // namespace xesp::esp
