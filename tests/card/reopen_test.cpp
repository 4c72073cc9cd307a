// SPDX-License-Identifier: Apache-2.0
// A card that a program left with SAs in it, as one that was killed does: the next one's SAs are the only ones.
#include <gtest/gtest.h>

#include "engine/card_engine.h"
#include "engines.h"
#include "port.h"
#include "support/packets.h"
#include "support/sas.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

// A card that stays when an engine of it goes.
class Kept final : public CardPort {
 public:
  explicit Kept(std::shared_ptr<CardPort> card) : card_(std::move(card)) {}
  std::string description() const override { return card_->description(); }
  std::span<abi::Desc> desc(Direction direction) override { return card_->desc(direction); }
  std::span<uint8_t> in(Direction direction) override { return card_->in(direction); }
  std::span<const uint8_t> out(Direction direction) override { return card_->out(direction); }
  std::span<const abi::Completion> completions(Direction direction) override { return card_->completions(direction); }
  uint32_t run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) override {
    ++runs;
    if (broken) harm(direction, count);
    return card_->run(direction, count, in_bytes, out_bytes);
  }
  CardRegisters registers(Direction direction) override { return card_->registers(direction); }

  static inline unsigned runs = 0;
  static inline bool broken = false;

 private:
  // A card that does not delete.
  void harm(Direction direction, size_t count) {
    for (abi::Desc& d : card_->desc(direction).first(count))
      if (d.op == abi::kOpSaInstall || d.op == abi::kOpSaDelete) {
        d.op = abi::kOpNop;
        d.in_len = 0;
      }
  }
  std::shared_ptr<CardPort> card_;
};

class Reopen : public testing::Test {
 protected:
  Reopen() { Kept::broken = false; }
  std::unique_ptr<CardPort> port() { return std::make_unique<Kept>(card); }

  // Fills the card with SAs of both directions and leaves it so.
  void leave(uint32_t count) {
    const auto before = make_card_engine(port());
    std::vector<SaConfig> out, in;
    for (uint32_t i = 0; i < count; ++i) {
      out.push_back(make_sa(Direction::kOut, Mode::kTunnel, 0x1000 + i, static_cast<uint8_t>(i)));
      in.push_back(make_sa(Direction::kIn, Mode::kTunnel, 0x1000 + i, static_cast<uint8_t>(i)));
    }
    old = before->install_all(out);
    before->install_all(in);
    for (uint32_t i = 0; i < count; i += count / 3) {
      const auto sender = make_software_engine();
      const SaHandle sa = sender->install(out[i]);
      const Bytes clear = ipv4("10.1.0.1", "10.2.0.1", 17, counting(60));
      const Result first = send(*sender, sa, clear);
      ASSERT_EQ(receive(*before, first.data).status, abi::kOk) << "the old program has it";
      wire.push_back(send(*sender, sa, clear).data);
    }
  }

  std::shared_ptr<CardPort> card = make_port_under_test(test_seed());
  std::vector<SaHandle> old;
  std::vector<Bytes> wire;  // packets for SAs that were left
};

TEST_F(Reopen, WhatIsLeftThereWorksUntilItIsCleared) {
  leave(9);
  const auto careless = make_card_engine(port());
  EXPECT_NE(receive(*careless, wire.front()).status, abi::kDropNoSa) << "or the other tests test nothing";
}

TEST_F(Reopen, AnOldSaIsUnknownAndCounted) {
  leave(700);  // in several batches
  const auto now = make_proven_card_engine(port());
  const Bytes clear = ipv4("10.1.0.1", "10.2.0.1", 17, counting(60));
  for (const Bytes& packet : wire) EXPECT_EQ(receive(*now, packet).status, abi::kDropNoSa);
  EXPECT_EQ(now->counters(Direction::kIn).by_reason[abi::kDropNoSa], wire.size());
  for (const SaHandle sa : {old.front(), old.back()}) EXPECT_EQ(send(*now, sa, clear).status, abi::kDropNoSa);
  EXPECT_EQ(now->counters(Direction::kOut).by_reason[abi::kDropNoSa], 2u);
}

// The lookup rows of old go as well: else they would lead to whichever SA has their index now.
TEST_F(Reopen, AnOldSpiLeadsToNoNewSa) {
  leave(9);
  const auto now = make_proven_card_engine(port());
  std::vector<SaConfig> in;
  for (uint32_t i = 0; i < 40; ++i) in.push_back(make_sa(Direction::kIn, Mode::kTunnel, 0x9000 + i, 77));
  now->install_all(in);
  for (const Bytes& packet : wire) EXPECT_EQ(receive(*now, packet).status, abi::kDropNoSa);

  // And its SPI may come again.
  now->install(make_sa(Direction::kIn, Mode::kTunnel, 0x1000, 0));
  EXPECT_EQ(receive(*now, wire.front()).status, abi::kOk);
}

TEST_F(Reopen, AnEmptyCardIsOnlyAsked) {
  { const auto first = make_proven_card_engine(port()); }
  Kept::runs = 0;
  { const auto second = make_proven_card_engine(port()); }
  const unsigned of_empty = Kept::runs;
  leave(3);
  Kept::runs = 0;
  { const auto third = make_proven_card_engine(port()); }
  EXPECT_LT(of_empty, Kept::runs);
}

TEST_F(Reopen, ACardThatKeepsWhatIsDeletedIsNotTaken) {
  leave(3);
  Kept::broken = true;
  try {
    make_proven_card_engine(port());
    ADD_FAILURE() << "taken";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(e.what()).find("still hold SAs"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace xesp::test
