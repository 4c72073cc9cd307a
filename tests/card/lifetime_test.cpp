// SPDX-License-Identifier: Apache-2.0
// Lifetimes in packets and bytes, exact on packets that come one right behind the other.
#include <random>

#include "side_by_side.h"

namespace xesp::test {
namespace {

using abi::kDropExpired, abi::kDropReplay, abi::kDropReplayOld, abi::kEventHard, abi::kEventSoft, abi::kOk;
using Reasons = std::vector<DropReason>;

class Life : public SideBySide {
 protected:
  SaConfig in = make_sa(Direction::kIn, Mode::kTunnel);
  SaConfig out = make_sa(Direction::kOut, Mode::kTunnel);

  std::vector<unsigned> events(const std::vector<Outcome>& outcomes) {
    std::vector<unsigned> list;
    for (const Outcome& o : outcomes) list.push_back(o.events);
    return list;
  }
  static constexpr uint64_t kBytes = 22;  // of clear()
};

TEST_F(Life, PacketsOutbound) {
  out.lifetime.soft_packets = 3;
  out.lifetime.hard_packets = 5;
  const Pair sa = both(out);
  const auto outcome = same(Direction::kOut, std::vector<Bytes>(7, clear()), sa);
  EXPECT_EQ(reasons(outcome), (Reasons{kOk, kOk, kOk, kOk, kOk, kDropExpired, kDropExpired}));
  EXPECT_EQ(events(outcome), (std::vector<unsigned>{0, 0, kEventSoft, 0, kEventHard, 0, 0}));
  expect_same_stats(Direction::kOut, sa);
  const SaStats stats = card->stats(Direction::kOut, sa.card);
  EXPECT_EQ(stats.seq, 5u) << "what is refused takes no number";
  EXPECT_EQ(stats.packets, 5u);
  EXPECT_EQ(stats.events, kEventSoft | kEventHard);
}

// The packet that crosses a limit in bytes still passes.
TEST_F(Life, BytesInbound) {
  in.lifetime.soft_bytes = 2 * kBytes;
  in.lifetime.hard_bytes = 4 * kBytes + 1;
  const Pair sa = both(in);
  const auto outcome = receive_numbers(in, {1, 2, 3, 4, 5, 6, 6, 5, 900, 7});
  EXPECT_EQ(reasons(outcome),
            (Reasons{kOk, kOk, kOk, kOk, kOk, kDropExpired, kDropReplay, kDropReplay, kDropExpired, kDropReplayOld}))
      << "the window is kept on";
  EXPECT_EQ(events(outcome), (std::vector<unsigned>{0, kEventSoft, 0, 0, kEventHard, 0, 0, 0, 0, 0}));
  expect_same_stats(Direction::kIn, sa);
  EXPECT_EQ(card->stats(Direction::kIn, sa.card).bytes, 5 * kBytes);
}

TEST_F(Life, TheFirstPacketMayBeTheLast) {
  out.lifetime.hard_bytes = out.lifetime.soft_bytes = 1;
  const auto outcome = same(Direction::kOut, {clear(), clear()}, both(out));
  EXPECT_EQ(reasons(outcome), (Reasons{kOk, kDropExpired}));
  EXPECT_EQ(events(outcome), (std::vector<unsigned>{kEventSoft | kEventHard, 0}));
  in.spi = 0x2777;
  in.lifetime.hard_packets = 1;
  EXPECT_EQ(reasons(receive_numbers(in, {1})), Reasons{abi::kDropNoSa});
  both(in);
  EXPECT_EQ(reasons(receive_numbers(in, {1, 2})), (Reasons{kOk, kDropExpired}));
}

TEST_F(Life, LimitsOfAllBits) {
  // Far limits: the sums must not wrap.
  const uint64_t far[] = {abi::kNoLimit, abi::kNoLimit - 1, uint64_t{1} << 63, (uint64_t{1} << 63) + 1,
                          uint64_t{1} << 32};
  uint32_t spi = 0x3000;
  for (const uint64_t limit : far) {
    for (uint64_t Lifetime::*field :
         {&Lifetime::soft_packets, &Lifetime::hard_packets, &Lifetime::soft_bytes, &Lifetime::hard_bytes}) {
      SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel, ++spi);
      sa.lifetime.*field = limit;
      const Pair pair = both(sa);
      for (const Outcome& o : same(Direction::kOut, {clear(), clear()}, pair)) EXPECT_EQ(o, (Outcome{kOk, o.seq, 0}));
      expect_same_stats(Direction::kOut, pair);
    }
  }
}

// What drops for another reason does not count, and which reason is told when there are two.
TEST_F(Life, OnlyWhatPassesCounts) {
  in.lifetime.hard_packets = 3;
  const Pair sa = both(in);
  Bytes forged = sealed_with(in, 50);
  forged.back() ^= 1;
  const Bytes first = sealed_with(in, 1);
  EXPECT_EQ(reasons(same(Direction::kIn, {forged, first, first, forged, sealed_with(in, 0), sealed_with(in, 2),
                                          sealed_with(in, 3), forged, first, sealed_with(in, 4)})),
            (Reasons{abi::kDropIcv, kOk, kDropReplay, abi::kDropIcv, kDropReplayOld, kOk, kOk, abi::kDropIcv,
                     kDropReplay, kDropExpired}));
  expect_same_stats(Direction::kIn, sa);

  // Outbound the lifetime comes before the numbers, and these before the length.
  out.lifetime.hard_packets = 2;
  out.seq_limit = 2;
  const Pair sender = both(out);
  const Bytes long_one = clear(abi::kMaxPacketBytes - 20);
  EXPECT_EQ(reasons(same(Direction::kOut, {long_one, clear(), clear(), clear(), long_one}, sender)),
            (Reasons{abi::kDropOutputTooBig, kOk, kOk, kDropExpired, kDropExpired}));
  SaConfig numbers = make_sa(Direction::kOut, Mode::kTunnel, 0x1009);
  numbers.seq_limit = 1;
  numbers.lifetime.hard_packets = 2;
  EXPECT_EQ(reasons(same(Direction::kOut, {clear(), clear(), long_one}, both(numbers))),
            (Reasons{kOk, abi::kDropSeqExhausted, abi::kDropSeqExhausted}));
}

TEST_F(Life, ANewSaBeginsAtNothing) {
  in.lifetime.hard_packets = 2;
  for (int round = 0; round < 3; ++round) {
    const Pair sa = both(in);
    EXPECT_EQ(reasons(receive_numbers(in, {1, 2, 3})), (Reasons{kOk, kOk, kDropExpired}));
    EXPECT_EQ(card->stats(Direction::kIn, sa.card).packets, 2u);
    remove(Direction::kIn, sa);
  }
}

TEST_F(Life, RandomLimitsInTurns) {
  std::mt19937_64 random(test_seed());
  const int rounds = engine_is_rtl() ? 10 : 60;
  uint32_t spi = 0x4000;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    const auto limit = [&](uint64_t most) { return random() % 3 == 0 ? abi::kNoLimit : 1 + random() % most; };
    std::vector<SaConfig> receivers;
    std::vector<Pair> pairs;
    for (int i = 0; i < 3; ++i) {
      SaConfig sa = make_sa(Direction::kIn, Mode::kTunnel, ++spi);
      sa.lifetime = {limit(60), limit(90), limit(60 * kBytes), limit(90 * kBytes)};
      sa.replay_window = static_cast<unsigned>(random() % 200);
      pairs.push_back(both(sa));
      receivers.push_back(std::move(sa));
    }
    std::vector<Bytes> packets;
    for (int i = 0; i < 250; ++i) packets.push_back(sealed_with(receivers[random() % 3], 1 + random() % 300));
    same(Direction::kIn, packets);
    for (const Pair& p : pairs) expect_same_stats(Direction::kIn, p);

    SaConfig sender = make_sa(Direction::kOut, random() % 2 ? Mode::kTunnel : Mode::kTransport, ++spi);
    sender.lifetime = {limit(60), limit(90), limit(60 * 200), limit(90 * 200)};
    const Pair sa = both(sender);
    packets.clear();
    for (int i = 0; i < 120; ++i) packets.push_back(clear(random() % 400));
    same(Direction::kOut, packets, sa);
    expect_same_stats(Direction::kOut, sa);
  }
}

}  // namespace
}  // namespace xesp::test
