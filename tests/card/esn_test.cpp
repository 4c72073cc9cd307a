// SPDX-License-Identifier: Apache-2.0
// Extended sequence numbers (RFC 4303 2.2.1, appendix A2): the half that is not sent is told rightly around every wrap,
// authenticated, and counted on.
#include <algorithm>
#include <optional>
#include <random>

#include "side_by_side.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

using abi::kDropIcv, abi::kDropReplay, abi::kDropReplayOld, abi::kDropSeqExhausted, abi::kOk;
using Reasons = std::vector<DropReason>;
constexpr uint64_t kWrap = uint64_t{1} << 32;

class Esn : public SideBySide {
 protected:
  SaConfig in = with_esn(make_sa(Direction::kIn, Mode::kTunnel));
  SaConfig out = with_esn(make_sa(Direction::kOut, Mode::kTunnel));
  static SaConfig with_esn(SaConfig sa) {
    sa.esn = true;
    return sa;
  }
  // Descriptors enough that the card has learnt of all packets before (hls/kernels/esn.h), of another SA.
  void settle() {
    if (!idle_) {
      SaConfig other = make_sa(Direction::kIn, Mode::kTunnel, 0x2002, 9);
      other.replay_window = 0;
      other_ = std::move(other);
      both(*other_);
      idle_ = sealed_with(*other_, 1);
    }
    for (const Outcome& o : same(Direction::kIn, std::vector<Bytes>(abi::kMaxInFlight, *idle_)))
      ASSERT_EQ(o.status, kOk);
  }

 private:
  std::optional<SaConfig> other_;
  std::optional<Bytes> idle_;
};

TEST_F(Esn, RoundTripAcrossTheWrap) {
  in.seq = out.seq = 3 * kWrap - 5;
  const Pair to = both(out), from = both(in);
  std::vector<Bytes> sealed;
  for (size_t i = 0; i < 10; ++i) {
    const Result r = send(*card, to.card, clear());
    ASSERT_EQ(r.status, kOk);
    EXPECT_EQ(r.seq, 3 * kWrap - 4 + i);
    EXPECT_EQ(r.data, send(*reference, to.reference, clear()).data) << "AAD, IV and header are the reference's";
    sealed.push_back(r.data);
  }
  std::shuffle(sealed.begin(), sealed.end(), std::mt19937_64(test_seed()));
  for (const Outcome& o : same(Direction::kIn, sealed)) EXPECT_EQ(o.status, kOk);
  for (const Outcome& o : same(Direction::kIn, sealed)) EXPECT_EQ(o.status, kDropReplay);
  expect_same_stats(Direction::kIn, from);
  expect_same_stats(Direction::kOut, to);
  EXPECT_EQ(card->stats(Direction::kIn, from.card).seq, 3 * kWrap + 5);
  EXPECT_EQ(card->stats(Direction::kOut, to.card).seq, 3 * kWrap + 5);
}

TEST_F(Esn, BothSidesMustHaveIt) {
  both(in);
  SaConfig plain = make_sa(Direction::kIn, Mode::kTunnel, 0x1002);
  both(plain);
  SaConfig not_esn = in.clone(), esn = plain.clone();
  not_esn.esn = false;
  esn.esn = true;
  EXPECT_EQ(reasons(receive_numbers(not_esn, {1})), Reasons{kDropIcv});
  EXPECT_EQ(reasons(receive_numbers(esn, {1})), Reasons{kDropIcv});
  EXPECT_EQ(reasons(receive_numbers(in, {1})), Reasons{kOk});
  EXPECT_EQ(reasons(receive_numbers(plain, {1})), Reasons{kOk});
}

// The cases of A2.2, the window in one subspace and in two.
TEST_F(Esn, BothEdgesOfTheWindowAroundAWrap) {
  in.seq = 2 * kWrap + 50;
  const Pair sa = both(in);
  EXPECT_EQ(reasons(receive_numbers(in, {2 * kWrap + 60, 2 * kWrap + 60, 2 * kWrap - 67, 2 * kWrap - 1, 2 * kWrap,
                                         2 * kWrap + 51, 2 * kWrap + 61})),
            (Reasons{kOk, kDropReplay, kDropReplay, kDropReplay, kDropReplay, kOk, kOk}));
  settle();
  // Left of the window: taken for a number 2^32 later, so its ICV fails.
  EXPECT_EQ(reasons(receive_numbers(in, {2 * kWrap - 67, 2 * kWrap - 1000, kWrap + 61, 62})),
            (Reasons{kDropIcv, kDropIcv, kDropIcv, kDropIcv}));
  // The last number ahead that is told rightly, and the first that isn't.
  const uint64_t edge = 2 * kWrap + 61 - 127;
  EXPECT_EQ(reasons(receive_numbers(in, {edge + kWrap, edge + kWrap - 1})), (Reasons{kDropIcv, kOk}));
  EXPECT_EQ(card->stats(Direction::kIn, sa.card).seq, edge + kWrap - 1);
}

// The card learns of a jump some descriptors later; a packet that the jump left behind is judged as the reference does.
TEST_F(Esn, OldPacketsRightBehindAJump) {
  in.seq = kWrap - 10;
  both(in);
  EXPECT_EQ(reasons(receive_numbers(in, {kWrap - 9, kWrap + 1000, kWrap - 8, kWrap + 872, kWrap + 873, 1, kWrap + 1})),
            (Reasons{kOk, kOk, kDropIcv, kDropIcv, kOk, kDropIcv, kDropIcv}));
  Bytes padding = clear();
  padding.insert(padding.end(), {9, 4});  // a pad length that does not fit its bytes
  EXPECT_EQ(
      reasons(same(Direction::kIn, {seal_by_hand(in, kWrap - 7, padding), seal_by_hand(in, kWrap + 874, padding)})),
      (Reasons{kDropIcv, abi::kDropPadding}));
}

TEST_F(Esn, TheFirstNumbers) {
  both(in);
  // No number was before 0, so that with the first window the range is 2^32 from 0 on (A2.2 would make the last 127 of
  // it negative).
  EXPECT_EQ(reasons(receive_numbers(in, {0, 1, 1, 0, kWrap - 1, 2})),
            (Reasons{kDropReplayOld, kOk, kDropReplay, kDropReplayOld, kOk, kDropIcv}));
  settle();
  EXPECT_EQ(reasons(receive_numbers(in, {kWrap, kWrap + 126, kWrap + 127, 0})), (Reasons{kOk, kOk, kOk, kDropIcv}));
}

TEST_F(Esn, JumpsOfNearlyHalfTheRange) {
  const Pair sa = both(in);
  uint64_t top = 0;
  for (const uint64_t jump : {kWrap / 2 - 1, kWrap / 2, kWrap / 2 + 1, kWrap / 2 - 4096, kWrap - 4096, kWrap - 129}) {
    for (int i = 0; i < 3; ++i) {
      settle();
      top += jump;
      EXPECT_EQ(reasons(receive_numbers(in, {top, top - 1, top - 127, top - 128, top, top + 1 - kWrap})),
                (Reasons{kOk, kOk, kOk, kDropIcv, kDropReplay, kDropIcv}))
          << top;
    }
  }
  EXPECT_EQ(card->stats(Direction::kIn, sa.card).seq, top);
}

TEST_F(Esn, RandomOrderInWindowsOfManySizes) {
  std::mt19937_64 random(test_seed());
  const size_t packets = engine_is_rtl() ? 1500 : 6000;
  for (const unsigned window : {1u, 2u, 64u, 128u, 129u, 1000u, 4096u}) {
    for (const uint64_t start : {uint64_t{0}, kWrap - 500, 7 * kWrap + window / 2, ~uint64_t{0} - kWrap / 2}) {
      SCOPED_TRACE("window " + std::to_string(window) + " from " + std::to_string(start));
      in.replay_window = window;
      in.seq = start;
      const Pair sa = both(in);
      uint64_t top = start;
      std::vector<uint64_t> numbers;
      for (size_t i = 0; i < packets / 4; ++i) {
        const uint64_t kind = random() % 100;
        uint64_t n = top + 1 + random() % 3;
        if (kind >= 50) n = top - std::min<uint64_t>(top, random() % (window + 3));
        if (kind >= 85) n = top + random() % (2 * window);
        if (kind >= 97) n = top - std::min<uint64_t>(top, random() % kWrap);
        numbers.push_back(n);
        top = std::max(top, n);
      }
      receive_numbers(in, numbers);
      expect_same_stats(Direction::kIn, sa);
      remove(Direction::kIn, sa);
      if (HasFailure()) return;
    }
  }
}

TEST_F(Esn, SendsBeyond32BitsOnlyWithIt) {
  out.seq = kWrap - 3;
  const Pair far = both(out);
  EXPECT_EQ(reasons(same(Direction::kOut, std::vector<Bytes>(5, clear()), far)), (Reasons{kOk, kOk, kOk, kOk, kOk}));
  SaConfig plain = make_sa(Direction::kOut, Mode::kTunnel, 0x1002);
  plain.seq = kWrap - 3;
  const Pair near = both(plain);
  EXPECT_EQ(reasons(same(Direction::kOut, std::vector<Bytes>(4, clear()), near)),
            (Reasons{kOk, kOk, kDropSeqExhausted, kDropSeqExhausted}));
  for (Engine* engine : {card.get(), reference.get()})
    EXPECT_THROW(engine->extend(engine == card.get() ? near.card : near.reference, kWrap), Error);
  // The last number of all.
  SaConfig last = make_sa(Direction::kOut, Mode::kTunnel, 0x1003);
  last.esn = true;
  last.seq = ~uint64_t{0} - 2;
  const Pair end = both(last);
  EXPECT_EQ(reasons(same(Direction::kOut, std::vector<Bytes>(3, clear()), end)),
            (Reasons{kOk, kOk, kDropSeqExhausted}));
  expect_same_stats(Direction::kOut, end);
}

}  // namespace
}  // namespace xesp::test
