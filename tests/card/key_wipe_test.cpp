// SPDX-License-Identifier: Apache-2.0
// Keys are on their way to the card's tables for one run and then nowhere else: not in the host's shared buffer, not in
// card memory.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/card_engine.h"
#include "sim_port.h"
#include "support/sas.h"
#include "verilated_card.h"

namespace xesp::test {
namespace {

TEST(KeyWipe, NoKeyStaysInSharedOrCardMemory) {
  auto owned = std::make_unique<sim::SimPort>(std::make_unique<sim::VerilatedCard>(sim::VerilatedCardOptions{}));
  sim::SimPort& port = *owned;
  const auto engine = make_card_engine(std::move(owned));
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    const SaConfig sa = make_sa(direction, Mode::kTunnel, 0x1001, 0x41);
    const SaHandle handle = engine->install(sa);
    Bytes card(4096);
    port.card().memory().read(sim::SimPort::in_address(direction), card.data(), card.size());
    for (const std::span<const uint8_t> memory :
         {std::span<const uint8_t>(card), std::span<const uint8_t>(port.in(direction))}) {
      EXPECT_TRUE(std::ranges::search(memory, sa.key.bytes()).empty());
      EXPECT_TRUE(std::ranges::all_of(memory, [](uint8_t b) { return b == 0; }));
    }
    EXPECT_EQ(engine->stats(direction, handle).packets, 0u);  // the SA itself is in place
  }
}

}  // namespace
}  // namespace xesp::test
