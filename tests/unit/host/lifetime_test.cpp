// SPDX-License-Identifier: Apache-2.0
// Lifetimes and high halves as the software engine counts and tells them.
#include "engine/lifetime.h"

#include <gtest/gtest.h>

#include "esp/esn.h"

namespace xesp {
namespace {

constexpr uint8_t kSoft = abi::kEventSoft, kHard = abi::kEventHard;

TEST(Lifetime, EachLimitIsAnEventOnThePacketThatReachesIt) {
  const Lifetime life{.soft_packets = 2, .hard_packets = 5, .soft_bytes = 300, .hard_bytes = 10000};
  Done done;
  EXPECT_EQ(done.count(life, 100), 0);
  EXPECT_EQ(done.count(life, 100), kSoft) << "two packets";
  EXPECT_EQ(done.count(life, 100), kSoft) << "300 bytes";
  EXPECT_EQ(done.count(life, 100), 0);
  EXPECT_FALSE(done.expired(life));
  EXPECT_EQ(done.count(life, 100), kHard);
  EXPECT_TRUE(done.expired(life));
  EXPECT_EQ(limits_reached(life, done.packets, done.bytes), kSoft | kHard);
}

TEST(Lifetime, ThePacketThatCrossesAByteLimitStillPasses) {
  const Lifetime life{.hard_bytes = 150};
  Done done;
  EXPECT_EQ(done.count(life, 100), 0);
  EXPECT_FALSE(done.expired(life));
  EXPECT_EQ(done.count(life, 100), kHard);
  EXPECT_TRUE(done.expired(life));
}

TEST(Lifetime, SoftAndHardAtOnce) {
  Done done;
  EXPECT_EQ(done.count({.soft_packets = 1, .hard_bytes = 1}, 100), kSoft | kHard);
}

TEST(Lifetime, NoLimitIsNone) {
  Done done{.packets = uint64_t{1} << 62, .bytes = uint64_t{1} << 62};
  EXPECT_EQ(done.count({}, 9216), 0);
  EXPECT_FALSE(done.expired({}));
}

// RFC 4303 A2.2 says the same as: of the numbers with this low half the first one that is not left of the window.
TEST(WholeNumber, IsTheFirstFromTheWindowOn) {
  constexpr uint64_t kWrap = uint64_t{1} << 32;
  for (const uint64_t top : {uint64_t{0}, uint64_t{1}, uint64_t{127}, uint64_t{128}, kWrap - 1, kWrap, kWrap + 126,
                             kWrap + 127, kWrap + 128, 5 * kWrap + (kWrap / 2), 7 * kWrap - 1, 7 * kWrap + 5}) {
    for (const uint32_t window : {1u, 2u, 64u, 128u, 4096u}) {
      const uint64_t edge = top < window - 1 ? 0 : top - (window - 1);
      for (const uint64_t ahead : {uint64_t{0}, uint64_t{1}, uint64_t{window} - 1, uint64_t{window}, kWrap / 2 - 1,
                                   kWrap / 2, kWrap / 2 + 1, kWrap - window, kWrap - 1}) {
        const uint64_t number = edge + ahead;
        EXPECT_EQ(esp::whole_number(static_cast<uint32_t>(number), top, window), number)
            << "top " << top << " window " << window << " ahead " << ahead;
      }
      if (edge != 0) {
        EXPECT_EQ(esp::whole_number(static_cast<uint32_t>(edge - 1), top, window), edge - 1 + kWrap);
      }
    }
  }
}

}  // namespace
}  // namespace xesp
