// SPDX-License-Identifier: Apache-2.0
// VerilatedCard around the real shells with loopback paths (they invert each packet): in this process, and through XRT.
#include "verilated_card.h"

#include <random>

#include "loopback_fixture.h"

namespace xesp::test {
namespace {

using sim::Cu;

// ---------------------------------------------------------------------------------------------------------------------
// In this process

constexpr uint64_t kDesc = 0x1'0000'0000, kIn = 0x1'1000'0000, kOut = 0x1'2000'0000, kCpl = 0x1'3000'0000;
constexpr uint32_t kBytes = 1000, kSlot = 1024;

void start(sim::VerilatedCard& card, Cu cu, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    abi::Desc d{};
    d.op = abi::kOpPacket;
    d.in_len = kBytes;
    d.in_off = d.out_off = uint64_t{i} * kSlot;
    d.out_cap = kSlot;
    d.cookie = i;
    card.memory().write(kDesc + i * sizeof(d), &d, sizeof(d));
    const std::vector<uint8_t> packet(kBytes, static_cast<uint8_t>(i));
    card.memory().write(kIn + d.in_off, packet.data(), packet.size());
  }
  const std::pair<uint32_t, uint64_t> pointers[] = {
      {abi::kRegArgDesc, kDesc}, {abi::kRegArgIn, kIn}, {abi::kRegArgOut, kOut}, {abi::kRegArgCpl, kCpl}};
  for (const auto& [reg, address] : pointers) {
    card.write_register(cu, reg, static_cast<uint32_t>(address));
    card.write_register(cu, reg + 4, static_cast<uint32_t>(address >> 32));
  }
  card.write_register(cu, abi::kRegArgCount, count);
  card.write_register(cu, abi::kRegCtrl, 1);
}

// Clocks of a whole batch; checks its results.
uint64_t run(sim::VerilatedCard& card, Cu cu, uint32_t count) {
  start(card, cu, count);
  const uint64_t begin = card.clocks();
  while ((card.read_register(cu, abi::kRegCtrl) & 2) == 0) {
    EXPECT_TRUE(card.busy());
    card.step(16);
    if (card.clocks() > begin + 100'000) {
      ADD_FAILURE() << "no end";
      break;
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    abi::Completion done;
    card.memory().read(kCpl + i * sizeof(done), &done, sizeof(done));
    EXPECT_EQ(done.cookie, i);
    EXPECT_EQ(done.out_len, kBytes);
    std::vector<uint8_t> packet(kBytes);
    card.memory().read(kOut + uint64_t{i} * kSlot, packet.data(), packet.size());
    EXPECT_EQ(packet, std::vector<uint8_t>(kBytes, static_cast<uint8_t>(~i)));
  }
  return card.clocks() - begin;
}

TEST(VerilatedCard, SaysWhoItIs) {
  sim::VerilatedCard card({});
  for (const Cu cu : {Cu::kOut, Cu::kIn}) {
    EXPECT_EQ(card.read_register(cu, abi::kRegMagic), abi::kMagic);
    EXPECT_EQ(card.read_register(cu, abi::kRegVersion), abi::kVersion);
    EXPECT_EQ(card.read_register(cu, abi::kRegDirection), static_cast<uint32_t>(cu));
  }
  EXPECT_FALSE(card.busy());
}

TEST(VerilatedCard, RunsEachUnit) {
  sim::VerilatedCard card({});
  for (const Cu cu : {Cu::kOut, Cu::kIn, Cu::kOut}) {
    run(card, cu, 20);
    card.read_register(cu, abi::kRegCtrl);
    EXPECT_FALSE(card.busy());
  }
}

TEST(VerilatedCard, StallsSlowItAndChangeNothingElse) {
  sim::VerilatedCard calm({});
  const uint64_t plain = run(calm, Cu::kOut, 50);
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    sim::VerilatedCardOptions options;
    options.stall_seed = seed;
    sim::VerilatedCard card(options);
    EXPECT_GT(run(card, Cu::kOut, 50), plain + plain / 10) << seed;
  }
}

TEST(VerilatedCard, RefusesWhatItCantDo) {
#if !XESP_SIM_TRACE
  sim::VerilatedCardOptions options;
  options.trace = "x.fst";
  EXPECT_THROW(sim::VerilatedCard card(options), std::runtime_error);
#endif
  const Variable seed("XESP_SIM_STALL_SEED", "often");
  EXPECT_THROW(sim::VerilatedCardOptions::from_environment(), std::runtime_error);
}

// ---------------------------------------------------------------------------------------------------------------------
// Through XRT

class VerilatedXrt : public Loopback {
 protected:
  static CardOptions paths_options() {
    CardOptions o = options();
    o.xclbin = XESP_PATHS_XCLBIN;
    return o;
  }

  // Random batches in both directions.
  static void exercise(CardDevice& card) {
    std::mt19937 random(7);
    for (uint32_t round = 0; round < 6; ++round) {
      const Direction direction = round % 2 == 0 ? Direction::kOut : Direction::kIn;
      std::vector<uint32_t> sizes(1 + random() % 30);
      for (uint32_t& size : sizes) size = 20 + random() % 1500;
      fill(card, direction, sizes, round);
      card.submit(direction, sizes.size());
      EXPECT_EQ(card.wait(direction, kLong).error, 0u);
      for (size_t i = 0; i < sizes.size(); ++i) {
        const abi::Desc& d = card.desc(direction)[i];
        const abi::Completion& done = card.completions(direction)[i];
        ASSERT_EQ(done.cookie, d.cookie);
        ASSERT_EQ(done.status, abi::kOk);
        ASSERT_EQ(done.out_len, d.in_len);
        for (uint32_t b = 0; b < d.in_len; ++b) {
          const uint8_t inverted = static_cast<uint8_t>(~card.in(direction)[d.in_off + b]);
          ASSERT_EQ(card.out(direction)[d.out_off + b], inverted) << i << " " << b;
        }
      }
    }
  }
};

TEST_F(VerilatedXrt, CarriesBatches) {
  CardDevice card(paths_options());
  exercise(card);
  const CardRegisters out = card.registers(Direction::kOut);
  EXPECT_EQ(out.error, 0u);
  EXPECT_EQ(out.by_reason[abi::kOk], out.packets);
  EXPECT_GT(out.packets, 0u);
  EXPECT_GT(out.busy_cycles, out.run_cycles);
}

TEST_F(VerilatedXrt, CarriesBatchesThroughStallingMemory) {
  const Variable seed("XESP_SIM_STALL_SEED", "3");
  CardDevice card(paths_options());
  exercise(card);
}

}  // namespace
}  // namespace xesp::test
