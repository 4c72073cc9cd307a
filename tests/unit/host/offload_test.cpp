// SPDX-License-Identifier: Apache-2.0
// Card and software as one engine: where SAs go, and what a lost card costs. The card is the software engine behind a
// switch, so that it can be lost at any moment; with the simulated card it is done in tests/hwemu.
#include "xesp/offload_engine.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "support/packets.h"
#include "support/sas.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

// What several cards in a row share with the test.
struct Switch {
  bool lost = false;
  bool lose_in_process = false;  // the next batch is done and its results are lost
  size_t room = 100000;
  unsigned made = 0;
  size_t installed = 0;  // of the card that is there
};

class SwitchedCard final : public Engine {
 public:
  explicit SwitchedCard(Switch& s) : switch_(s) {
    if (s.lost) throw Error(ErrorCode::kUnavailable, "no card there");
    ++s.made;
    s.installed = 0;
  }
  std::string description() const override { return "card"; }
  SaHandle install(const SaConfig& sa) override {
    need();
    if (switch_.installed >= switch_.room) throw Error(ErrorCode::kUnavailable, "SA table full");
    const SaHandle handle = engine_->install(sa);
    ++switch_.installed;
    return handle;
  }
  void remove(Direction direction, SaHandle sa) override {
    need();
    engine_->remove(direction, sa);
    --switch_.installed;
  }
  void extend(SaHandle sa, uint64_t seq_limit) override {
    need();
    engine_->extend(sa, seq_limit);
  }
  SaStats stats(Direction direction, SaHandle sa) override {
    need();
    return engine_->stats(direction, sa);
  }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    need();
    engine_->process(direction, in, out);
    if (switch_.lose_in_process) {
      switch_.lost = true;
      for (const PacketOut& o : out) numbers_lost.push_back(o.seq);
      out.clear();
    }
    need();
  }
  EngineCounters counters(Direction direction) const override { return engine_->counters(direction); }
  std::vector<std::pair<std::string, uint64_t>> registers(Direction) override {
    need();
    return {};
  }
  static inline std::vector<uint64_t> numbers_lost;

 private:
  void need() const {
    if (switch_.lost) throw Error(ErrorCode::kIo, "card lost: for the test");
  }
  Switch& switch_;
  std::unique_ptr<Engine> engine_ = make_software_engine();
};

class OffloadTest : public testing::Test {
 protected:
  Switch card;
  std::unique_ptr<OffloadEngine> engine = make_offload_engine([this] { return std::make_unique<SwitchedCard>(card); });
  uint32_t spi = 0x9000;
  Bytes clear = ipv4("10.1.0.1", "10.2.0.1", 17, counting(40));

  SaConfig make(Direction direction, Offload offload) {
    SaConfig sa = make_sa(direction, Mode::kTunnel, spi);
    sa.offload = offload;
    return sa;
  }
  void wait_for_card() {
    for (int i = 0; i < 400 && !engine->card_health().present; ++i) {
      engine->look_after_card();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_TRUE(engine->card_health().present);
  }
};

TEST_F(OffloadTest, AnSaGoesWhereItMay) {
  const SaHandle automatic = engine->install(make(Direction::kOut, Offload::kAuto));
  ++spi;
  const SaHandle off = engine->install(make(Direction::kOut, Offload::kOff));
  ++spi;
  card.room = 2;
  const SaHandle required = engine->install(make(Direction::kOut, Offload::kRequire));
  ++spi;
  const SaHandle no_room = engine->install(make(Direction::kOut, Offload::kAuto));
  ++spi;
  EXPECT_THROW(engine->install(make(Direction::kOut, Offload::kRequire)), Error);
  EXPECT_TRUE(engine->placement(Direction::kOut, automatic).on_card);
  EXPECT_EQ(engine->placement(Direction::kOut, off).reason, "offload off");
  EXPECT_TRUE(engine->placement(Direction::kOut, required).on_card);
  EXPECT_FALSE(engine->placement(Direction::kOut, no_room).on_card);
  EXPECT_EQ(engine->placement(Direction::kOut, no_room).reason, "SA table full");
  EXPECT_EQ(card.installed, 2u);
  for (const SaHandle sa : {automatic, off, required, no_room}) EXPECT_EQ(send(*engine, sa, clear).status, abi::kOk);
  SaHandle stale = off;
  ++stale.generation;
  EXPECT_EQ(send(*engine, stale, clear).status, abi::kDropStaleSa);
  EXPECT_EQ(send(*engine, {5000, 1}, clear).status, abi::kDropNoSa);
}

TEST_F(OffloadTest, ABatchOfBothKeepsItsOrder) {
  const SaHandle on_card = engine->install(make(Direction::kOut, Offload::kAuto));
  const SaConfig in_card = make(Direction::kIn, Offload::kAuto);
  ++spi;
  const SaHandle in_software = engine->install(make(Direction::kOut, Offload::kOff));
  SaConfig receiver = make(Direction::kIn, Offload::kOff);
  std::vector<Bytes> packets;
  std::vector<PacketIn> batch;
  for (size_t i = 0; i < 60; ++i) packets.push_back(ipv4("10.1.0.1", "10.2.0.1", 17, counting(i)));
  for (size_t i = 0; i < 60; ++i) batch.push_back({packets[i], i % 3 ? on_card : in_software});
  std::vector<PacketOut> out;
  engine->process(Direction::kOut, batch, out);
  std::vector<Bytes> wire;
  for (const PacketOut& o : out) {
    ASSERT_EQ(o.status, abi::kOk);
    wire.emplace_back(o.data.begin(), o.data.end());
  }
  const SaHandle one = engine->install(in_card), two = engine->install(receiver);
  std::vector<PacketIn> back;
  for (const Bytes& w : wire) back.push_back({w});
  engine->process(Direction::kIn, back, out);
  for (size_t i = 0; i < 60; ++i) {
    ASSERT_EQ(out[i].status, abi::kOk) << i;
    EXPECT_EQ(Bytes(out[i].data.begin(), out[i].data.end()), packets[i]);
    EXPECT_EQ(out[i].sa, i % 3 ? one : two);
  }
  EXPECT_EQ(engine->stats(Direction::kIn, one).packets, 40u);
  EXPECT_EQ(engine->counters(Direction::kIn).by_reason[abi::kOk], 60u);
}

// Lost with a batch under way: its packets leave by software, and no number comes twice, whatever the card had given.
TEST_F(OffloadTest, NoNumberTwiceWhenTheCardIsLostInABatch) {
  SwitchedCard::numbers_lost.clear();
  const SaHandle sa = engine->install(make(Direction::kOut, Offload::kAuto));
  std::set<uint64_t> numbers;
  const auto run = [&](size_t count) {
    std::vector<PacketIn> batch(count, PacketIn{clear, sa});
    std::vector<PacketOut> out;
    engine->process(Direction::kOut, batch, out);
    for (const PacketOut& o : out) {
      ASSERT_EQ(o.status, abi::kOk);
      EXPECT_TRUE(numbers.insert(o.seq).second) << o.seq;
    }
  };
  run(10);
  card.lose_in_process = true;
  run(7);
  EXPECT_EQ(SwitchedCard::numbers_lost.size(), 7u);
  for (const uint64_t n : SwitchedCard::numbers_lost) EXPECT_TRUE(numbers.insert(n).second) << n << " was the card's";
  EXPECT_EQ(engine->placement(Direction::kOut, sa).reason, "card lost: for the test");
  EXPECT_EQ(engine->stats(Direction::kOut, sa).packets, 17u);
  run(5);
  card = Switch{};
  engine->look_after_card();
  wait_for_card();
  EXPECT_TRUE(engine->placement(Direction::kOut, sa).on_card);
  run(5);
  EXPECT_EQ(numbers.size(), 10u + 7 + 7 + 5 + 5);
  EXPECT_EQ(engine->stats(Direction::kOut, sa).packets, 27u);
  EXPECT_EQ(engine->card_health().losses, 1u);
  EXPECT_EQ(engine->card_health().returns, 1u);
}

TEST_F(OffloadTest, NothingIsAcceptedTwiceAcrossMoves) {
  const auto sender = make_software_engine();
  const SaHandle out = sender->install(make(Direction::kOut, Offload::kAuto));
  const SaHandle in = engine->install(make(Direction::kIn, Offload::kAuto));
  std::vector<Bytes> wire;
  for (int i = 0; i < 30; ++i) wire.push_back(send(*sender, out, clear).data);
  const auto receive_all = [&](size_t from, size_t to, DropReason want) {
    for (size_t i = from; i < to; ++i) EXPECT_EQ(receive(*engine, wire[i]).status, want) << i;
  };
  receive_all(0, 10, abi::kOk);
  card.lost = true;
  EXPECT_EQ(receive(*engine, wire[0]).status, abi::kDropReplay) << "found lost by this packet";
  receive_all(0, 10, abi::kDropReplay);
  receive_all(10, 20, abi::kOk);
  card.lost = false;
  engine->look_after_card();
  wait_for_card();
  EXPECT_TRUE(engine->placement(Direction::kIn, in).on_card);
  receive_all(0, 20, abi::kDropReplay);
  receive_all(20, 30, abi::kOk);
  EXPECT_EQ(engine->stats(Direction::kIn, in).packets, 30u);
  EXPECT_EQ(engine->stats(Direction::kIn, in).seq, 30u);
}

TEST_F(OffloadTest, WithoutTheCardWhatRequiresItDrops) {
  const SaHandle sa = engine->install(make(Direction::kOut, Offload::kRequire));
  EXPECT_EQ(send(*engine, sa, clear).seq, 1u);
  card.lost = true;
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kDropNoCard);
  EXPECT_EQ(engine->counters(Direction::kOut).by_reason[abi::kDropNoCard], 1u);
  ++spi;
  EXPECT_THROW(engine->install(make(Direction::kOut, Offload::kRequire)), Error);
  card.lost = false;
  engine->look_after_card();
  wait_for_card();
  const Result back = send(*engine, sa, clear);
  EXPECT_EQ(back.status, abi::kOk);
  EXPECT_EQ(back.seq, 3u) << "the number of the packet that found the card lost may have been given";
}

TEST_F(OffloadTest, LimitsAreThoseOfTheSaNotOfItsStays) {
  SaConfig config = make(Direction::kOut, Offload::kAuto);
  config.lifetime.soft_packets = 3;
  config.lifetime.hard_packets = 6;
  const SaHandle sa = engine->install(config);
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kOk);
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kOk);
  card.lost = true;
  EXPECT_EQ(send(*engine, sa, clear).events, abi::kEventSoft);
  EXPECT_EQ(send(*engine, sa, clear).events, 0u);
  card.lost = false;
  engine->look_after_card();
  wait_for_card();
  EXPECT_EQ(send(*engine, sa, clear).events, 0u);
  EXPECT_EQ(send(*engine, sa, clear).events, abi::kEventHard);
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kDropExpired);
  card.lost = true;
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kDropExpired) << "a move does not bring it back to life";
  EXPECT_EQ(engine->stats(Direction::kOut, sa).packets, 6u);
}

TEST_F(OffloadTest, ALeaseHoldsAcrossMoves) {
  SaConfig config = make(Direction::kOut, Offload::kAuto);
  config.seq_limit = 3;
  const SaHandle sa = engine->install(config);
  EXPECT_EQ(send(*engine, sa, clear).seq, 1u);
  card.lost = true;
  EXPECT_EQ(send(*engine, sa, clear).seq, 3u) << "2 may have been given";
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kDropSeqExhausted);
  engine->extend(sa, 5);
  EXPECT_EQ(send(*engine, sa, clear).seq, 4u);
  card.lost = false;
  engine->look_after_card();
  wait_for_card();
  EXPECT_EQ(send(*engine, sa, clear).seq, 5u);
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kDropSeqExhausted);
}

TEST_F(OffloadTest, RemovingAndInstallingGoOnWhileTheCardIsLost) {
  std::vector<SaConfig> many;
  for (int i = 0; i < 50; ++i, ++spi) many.push_back(make(Direction::kIn, Offload::kAuto));
  const std::vector<SaHandle> handles = engine->install_all(many);
  EXPECT_EQ(card.installed, 50u);
  EXPECT_THROW(engine->install(many[7]), Error) << "the name is taken";
  card.lost = true;
  engine->remove_all(Direction::kIn, std::span(handles).first(20));
  EXPECT_THROW(engine->stats(Direction::kIn, handles[0]), Error);
  const SaHandle again = engine->install(many[0]);
  EXPECT_FALSE(engine->placement(Direction::kIn, again).on_card);
  card.lost = false;
  engine->look_after_card();
  wait_for_card();
  EXPECT_EQ(card.installed, 31u);
  EXPECT_TRUE(engine->placement(Direction::kIn, again).on_card);
  engine->remove_all(Direction::kIn, std::span(handles).subspan(20));
  engine->remove(Direction::kIn, again);
  EXPECT_EQ(card.installed, 0u);
}

// A card is tried again, and longer and longer apart; nothing waits for it.
TEST_F(OffloadTest, ACardThatDoesNotComeBackIsNoFault) {
  const SaHandle sa = engine->install(make(Direction::kOut, Offload::kAuto));
  card.lost = true;
  engine->look_after_card();
  EXPECT_FALSE(engine->card_health().present);
  for (int i = 0; i < 150; ++i) {
    engine->look_after_card();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(engine->card_health().reason, "no card there");
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kOk);
  EXPECT_EQ(engine->description(), "software (OpenSSL); no card there");
}

}  // namespace
}  // namespace xesp::test
