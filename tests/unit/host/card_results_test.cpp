// SPDX-License-Identifier: Apache-2.0
// What the card engine believes of a card's completions. The card is none here: it says what the test has it say.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "engine/card_engine.h"
#include "support/no_card.h"
#include "support/sas.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

using Answer = std::function<void(const abi::Desc&, abi::Completion&)>;

class Talker final : public NoCard {
 public:
  Talker() {
    std::ranges::generate(out_, [n = uint8_t{0}]() mutable { return n++; });
  }
  uint32_t run(Direction, size_t count, size_t, size_t) override {
    for (size_t i = 0; i < count; ++i) {
      completions_[i] = {};
      completions_[i].cookie = desc_[i].cookie;
      if (answer && desc_[i].op == abi::kOpPacket) answer(desc_[i], completions_[i]);
    }
    return 0;
  }

  Answer answer;
};

class CardResults : public testing::Test {
 protected:
  CardResults() {
    auto port = std::make_unique<Talker>();
    card = port.get();
    engine = make_card_engine(std::move(port));
    sa = engine->install(make_sa(Direction::kOut, Mode::kTunnel));
  }
  void expect_lost(const Answer& answer, const char* what) {
    card->answer = answer;
    try {
      send(*engine, sa, packet);
      FAIL() << what << " was believed";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kIo) << what;
    }
    card->answer = nullptr;
    EXPECT_THROW(send(*engine, sa, packet), Error) << "a card that lied is lost for good: " << what;
  }

  Talker* card;
  std::unique_ptr<Engine> engine;
  SaHandle sa;
  const Bytes packet = ipv4("10.1.0.1", "10.2.0.1", 17, counting(100));
};

// Whole beats behind out_off, the rest in the completion.
TEST_F(CardResults, AResultsEndIsTakenFromItsCompletion) {
  for (const uint32_t tail : {0u, 1u, 4u, 16u}) {
    card->answer = [&](const abi::Desc&, abi::Completion& c) {
      c.out_len = 128 + tail;
      if (tail != 0) c.flags = abi::kCplTail;
      std::ranges::fill(c.tail, uint8_t{0xee});
    };
    const Result r = send(*engine, sa, packet);
    ASSERT_EQ(r.status, abi::kOk);
    Bytes want = counting(128);
    want.insert(want.end(), tail, 0xee);
    EXPECT_EQ(r.data, want);
  }
}

TEST_F(CardResults, ATailLongerThanItsFieldIsALostCard) {
  expect_lost([](const abi::Desc&, abi::Completion& c) { c.out_len = 64 + 17, c.flags = abi::kCplTail; },
              "a tail of 17 bytes");
}
TEST_F(CardResults, MoreThanWasAllowedIsALostCard) {
  expect_lost([](const abi::Desc& d, abi::Completion& c) { c.out_len = d.out_cap + 1; }, "a result beyond out_cap");
}
TEST_F(CardResults, AnothersCookieIsALostCard) {
  expect_lost([](const abi::Desc&, abi::Completion& c) { ++c.cookie; }, "a strange cookie");
}
TEST_F(CardResults, AnUnknownReasonIsALostCard) {
  expect_lost([](const abi::Desc&, abi::Completion& c) { c.status = abi::kDropReasonCount; }, "an unknown status");
}

// Inbound the card reads whole beats; what is left behind them, where it is short, stands in the descriptor.
TEST_F(CardResults, APacketsShortEndGoesWithItsDescriptor) {
  for (const size_t length : {64, 80, 128, 129, 132, 144, 145, 192, 1476}) {
    bool asked = false;
    const Bytes esp = counting(length);
    card->answer = [&](const abi::Desc& d, abi::Completion& c) {
      asked = true;
      EXPECT_EQ(d.in_len, length);
      const size_t tail = length > 128 && length % 64 <= 16 ? length % 64 : 0;
      EXPECT_EQ((d.flags & abi::kDescTail) != 0, tail != 0) << length;
      EXPECT_TRUE(std::equal(d.tail, d.tail + tail, esp.end() - static_cast<ptrdiff_t>(tail))) << length;
      EXPECT_TRUE(std::all_of(d.tail + tail, std::end(d.tail), [](uint8_t b) { return b == 0; })) << length;
      EXPECT_TRUE(std::equal(esp.begin(), esp.end() - static_cast<ptrdiff_t>(tail),
                             card->in(Direction::kIn).begin() + d.in_off));
      c.status = abi::kDropNoSa;
    };
    EXPECT_EQ(receive(*engine, esp).status, abi::kDropNoSa);
    EXPECT_TRUE(asked);
  }
}

}  // namespace
}  // namespace xesp::test
