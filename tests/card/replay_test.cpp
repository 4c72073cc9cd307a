// SPDX-License-Identifier: Apache-2.0
// Sequence numbers judged as RFC 4303 3.4.3 says, against a plain model that remembers everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "engines.h"
#include "support/packets.h"
#include "support/refusal.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

// The rule itself: a set of what was accepted and the highest of it.
class PlainWindow {
 public:
  PlainWindow() = default;
  /// As installed: the numbers up to `top` count as seen.
  explicit PlainWindow(uint32_t top) : top_(top) {
    for (uint32_t i = 0; i < abi::kReplayWindow; ++i) accepted_.insert(top - i);
  }
  DropReason judge(uint32_t seq) {
    if (seq == 0 || seq + uint64_t{abi::kReplayWindow} <= top_) return abi::kDropReplayOld;
    if (!accepted_.insert(seq).second) return abi::kDropReplay;
    top_ = std::max<uint64_t>(top_, seq);
    return abi::kOk;
  }

 private:
  std::set<uint32_t> accepted_;
  uint64_t top_ = 0;
};

Bytes sealed_with(const SaConfig& sa, uint32_t seq) {
  Bytes inner = ipv4("10.1.0.1", "10.2.0.1", 17, counting(2));
  inner.insert(inner.end(), {0, 4});  // 22 bytes, pad length 0, next header IPv4: whole words
  return seal_by_hand(sa, seq, inner);
}

class Replay : public testing::Test {
 protected:
  std::unique_ptr<Engine> card = make_engine_under_test(test_seed());
  SaConfig sa = make_sa(Direction::kIn, Mode::kTunnel);
  SaHandle handle = card->install(sa);

  std::vector<DropReason> judge(const std::vector<uint32_t>& seqs) {
    std::vector<Bytes> packets;
    for (const uint32_t s : seqs) packets.push_back(sealed_with(sa, s));
    std::vector<PacketIn> in(packets.size());
    for (size_t i = 0; i < in.size(); ++i) in[i].data = packets[i];
    std::vector<PacketOut> out;
    card->process(Direction::kIn, in, out);
    std::vector<DropReason> got;
    for (const PacketOut& o : out) got.push_back(o.status);
    return got;
  }
};

TEST_F(Replay, TheCasesOfTheRfc) {
  using abi::kDropReplay, abi::kDropReplayOld, abi::kOk;
  EXPECT_EQ(judge({1, 1, 0, 3, 2, 2, 3}),
            (std::vector<DropReason>{kOk, kDropReplay, kDropReplayOld, kOk, kOk, kDropReplay, kDropReplay}));
  // A jump of one less than the window, of the window and of more; then both edges.
  EXPECT_EQ(judge({130, 3, 4, 2, 258, 130, 131, 258}),
            (std::vector<DropReason>{kOk, kDropReplay, kOk, kDropReplayOld, kOk, kDropReplayOld, kOk, kDropReplay}));
  EXPECT_EQ(judge({100000, 258, 99873, 99872, 99873, 100001, 100000}),
            (std::vector<DropReason>{kOk, kDropReplayOld, kOk, kDropReplayOld, kDropReplay, kOk, kDropReplay}));
  EXPECT_EQ(judge({0xffffffffu, 0xfffffffeu, 0xffffffffu, 1, 0}),
            (std::vector<DropReason>{kOk, kOk, kDropReplay, kDropReplayOld, kDropReplayOld}));
  EXPECT_EQ(card->stats(Direction::kIn, handle).seq, 0xffffffffu);
}

TEST_F(Replay, RandomOrderAgainstThePlainModel) {
  std::mt19937_64 random(test_seed());
  const size_t packets = engine_is_rtl() ? 3000 : 20000;
  std::vector<uint32_t> seqs;
  uint32_t top = 1;
  for (size_t i = 0; i < packets; ++i) {
    const uint64_t kind = random() % 100;
    uint32_t s = 0;
    if (kind < 50)
      s = top + 1;  // in order
    else if (kind < 85)
      s = top - std::min<uint32_t>(top, random() % 140);  // in and just below the window
    else if (kind < 97)
      s = top + 1 + random() % 140;  // gaps around the window's size
    else
      s = top + 1 + random() % 5000;  // far ahead
    seqs.push_back(s);
    top = std::max(top, s);
  }
  const std::vector<DropReason> got = judge(seqs);
  PlainWindow model;
  ASSERT_EQ(got.size(), seqs.size());
  for (size_t i = 0; i < seqs.size(); ++i)
    ASSERT_EQ(got[i], model.judge(seqs[i])) << "packet " << i << ", number " << seqs[i];
}

TEST_F(Replay, RandomOrderUpToTheLastNumber) {
  std::mt19937_64 random(test_seed() + 1);
  card->remove(Direction::kIn, handle);
  sa.seq = 0xffffffffu - 1200;
  handle = card->install(sa);
  std::vector<uint32_t> seqs;
  uint64_t top = sa.seq;
  while (seqs.size() < 1500) {
    const uint64_t s = random() % 2 ? top + 1 + random() % 3 : top - random() % 300;
    seqs.push_back(static_cast<uint32_t>(std::min<uint64_t>(s, 0xffffffffu)));
    top = std::max<uint64_t>(top, seqs.back());
  }
  const std::vector<DropReason> got = judge(seqs);
  PlainWindow model(0xffffffffu - 1200);
  ASSERT_EQ(got.size(), seqs.size());
  for (size_t i = 0; i < seqs.size(); ++i)
    ASSERT_EQ(got[i], model.judge(seqs[i])) << "packet " << i << ", number " << seqs[i];
}

// Each SA has a window of its own, whichever packet comes right behind which.
TEST_F(Replay, TwoWindowsInTurns) {
  std::mt19937_64 random(test_seed() + 2);
  SaConfig other = make_sa(Direction::kIn, Mode::kTunnel);
  other.spi = sa.spi + 1;
  card->install(other);
  std::vector<Bytes> packets;
  std::vector<DropReason> want;
  PlainWindow models[2];
  for (size_t i = 0; i < 1000; ++i) {
    const size_t which = random() % 2;
    const uint32_t s = 1 + static_cast<uint32_t>(i / 4 + random() % 200);
    packets.push_back(sealed_with(which ? other : sa, s));
    want.push_back(models[which].judge(s));
  }
  std::vector<PacketIn> in(packets.size());
  for (size_t i = 0; i < in.size(); ++i) in[i].data = packets[i];
  std::vector<PacketOut> out;
  card->process(Direction::kIn, in, out);
  for (size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i].status, want[i]) << "packet " << i;
}

TEST_F(Replay, AForgedPacketDoesNotMoveTheWindow) {
  EXPECT_EQ(judge({5}).front(), abi::kOk);
  Bytes forged = sealed_with(sa, 1000000);
  forged.back() ^= 1;
  EXPECT_EQ(receive(*card, forged).status, abi::kDropIcv);
  EXPECT_EQ(judge({6}).front(), abi::kOk);
}

TEST_F(Replay, ANewSaInTheSamePlaceStartsAfresh) {
  EXPECT_EQ(judge({7, 7}), (std::vector<DropReason>{abi::kOk, abi::kDropReplay}));
  card->remove(Direction::kIn, handle);
  EXPECT_EQ(judge({8}).front(), abi::kDropNoSa);
  handle = card->install(sa);
  EXPECT_EQ(judge({7, 7}), (std::vector<DropReason>{abi::kOk, abi::kDropReplay}));
}

TEST_F(Replay, NumbersUpToTheGivenOneCountAsSeen) {
  card->remove(Direction::kIn, handle);
  sa.seq = 1000;
  handle = card->install(sa);
  EXPECT_EQ(
      judge({1000, 999, 873, 872, 1001}),
      (std::vector<DropReason>{abi::kDropReplay, abi::kDropReplay, abi::kDropReplay, abi::kDropReplayOld, abi::kOk}));
}

TEST_F(Replay, WindowsOfOtherSizes) {
  using abi::kDropReplay, abi::kDropReplayOld, abi::kOk;
  for (const uint32_t size : {1u, 2u, 64u, 127u, 129u, 1000u, 4096u}) {
    card->remove(Direction::kIn, handle);
    sa.replay_window = size;
    handle = card->install(sa);
    EXPECT_EQ(
        judge({10000, 10000 - size, 10000 - size + 1, 10000 - size + 1, 10001, 10000 - size + 1}),
        (std::vector<DropReason>{kOk, kDropReplayOld, size == 1 ? kDropReplay : kOk, kDropReplay, kOk, kDropReplayOld}))
        << size;
  }
}

TEST_F(Replay, WindowsAreRefusedWhenTheCardHasNoRoomForThem) {
  card->remove(Direction::kIn, handle);
  std::vector<SaHandle> all;
  SaConfig large = make_sa(Direction::kIn, Mode::kTunnel);
  large.replay_window = abi::kMaxReplayWindow;
  const unsigned room = abi::kWindowMemoryRows >> abi::kMaxWindowRowBits;
  for (unsigned i = 0; i < room; ++i) {
    large.spi = 0x5000 + i;
    all.push_back(card->install(large));
  }
  EXPECT_EQ(refusal([&] { card->install(sa); }).substr(0, 14), "replay-window:");
  EXPECT_EQ(judge({1}).front(), abi::kDropNoSa) << "the refused one is not there";
  SaConfig off = make_sa(Direction::kIn, Mode::kTunnel, 0x6000);
  off.replay_window = 0;
  card->install(off);  // needs none
  card->remove(Direction::kIn, all.back());
  handle = card->install(sa);
  EXPECT_EQ(judge({1, 1}), (std::vector<DropReason>{abi::kOk, abi::kDropReplay}));
}

TEST_F(Replay, OffMeansOff) {
  card->remove(Direction::kIn, handle);
  sa.replay_window = 0;
  handle = card->install(sa);
  EXPECT_EQ(judge({9, 9, 1}), (std::vector<DropReason>{abi::kOk, abi::kOk, abi::kOk}));
}

}  // namespace
}  // namespace xesp::test
