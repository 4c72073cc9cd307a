// SPDX-License-Identifier: Apache-2.0
// What the card engine tells a card of an AH SA: the entry's flags and the lookup's protocol. The card is none here, it
// writes down what it is given.
#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "engine/card_engine.h"
#include "support/ah_packets.h"
#include "support/no_card.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

struct Told {
  std::optional<abi::SaEntry> entry;
  std::optional<abi::LookupSlot> slot;
};

class Notebook final : public NoCard {
 public:
  explicit Notebook(Told& told) : told_(told) {}
  uint32_t run(Direction, size_t count, size_t, size_t) override {
    for (const abi::Desc& d : std::span(desc_).first(count)) {
      if (d.op == abi::kOpSaInstall) std::memcpy(&told_.entry.emplace(), &in_[d.in_off], sizeof(abi::SaEntry));
      if (d.op == abi::kOpLookupWrite) std::memcpy(&told_.slot.emplace(), &in_[d.in_off], sizeof(abi::LookupSlot));
    }
    return 0;
  }

 private:
  Told& told_;
};

Told told_of(const SaConfig& sa) {
  Told told;
  make_card_engine(std::make_unique<Notebook>(told))->install(sa);
  return told;
}

TEST(CardCommands, AnAhSaIsMarkedSo) {
  for (const bool v6 : {false, true})
    for (const Mode mode : {Mode::kTransport, Mode::kTunnel})
      for (const Direction direction : {Direction::kOut, Direction::kIn}) {
        SaConfig sa = make_ah_sa(direction, mode, v6);
        const Told ah = told_of(sa);
        sa.proto = kProtoEsp;
        const Told esp = told_of(sa);
        ASSERT_TRUE(ah.entry && esp.entry);
        EXPECT_EQ(ah.entry->flags & (abi::kSaAh | abi::kSaGmac), uint32_t{abi::kSaAh | abi::kSaGmac});
        EXPECT_EQ(esp.entry->flags, ah.entry->flags & ~uint32_t{abi::kSaAh}) << "all else is as with ESP";
        ASSERT_EQ(ah.slot.has_value(), direction == Direction::kIn);
        if (!ah.slot) continue;
        EXPECT_EQ(ah.slot->proto, 51 | (v6 ? abi::kLookupIpv6 : 0));
        EXPECT_EQ(esp.slot->proto, 50 | (v6 ? abi::kLookupIpv6 : 0));
      }
}

TEST(CardCommands, EspAndAhOfOneSpiHaveAPlaceEach) {
  Told told;
  const auto engine = make_card_engine(std::make_unique<Notebook>(told));
  SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTunnel);
  engine->install(sa);
  sa.proto = kProtoEsp;
  EXPECT_NO_THROW(engine->install(sa));
}

}  // namespace
}  // namespace xesp::test
