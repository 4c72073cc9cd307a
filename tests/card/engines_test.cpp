// SPDX-License-Identifier: Apache-2.0
// Cards with several engines beside one with one, in clocks of the RTL where memory never stalls: the same traffic, the
// same packets out, in a fraction of the time. What a run takes to start and to drain is not in it. And mixes that put
// lanes far apart, with stalls everywhere: nothing hangs, and results stay those of one engine.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "engine/card_engine.h"
#include "engines.h"
#include "sim_port.h"
#include "support/packets.h"
#include "support/sas.h"
#include "verilated_card.h"

namespace xesp::test {
namespace {

constexpr size_t kSas = 256, kFew = 96, kMore = 480;  // multiples of each mix's length

// A card, with SAs in tunnel mode, and the clocks a packet takes on it.
class Measured {
 public:
  explicit Measured(unsigned engines, uint64_t stall_seed = 0) {
    sim::VerilatedCardOptions options;
    options.engines = engines;
    options.stall_seed = stall_seed;
    auto owned = std::make_unique<sim::SimPort>(std::make_unique<sim::VerilatedCard>(options));
    port_ = owned.get();
    engine_ = make_card_engine(std::move(owned));
    for (size_t i = 0; i < kSas; ++i) {
      SaConfig outbound = make_sa(Direction::kOut, Mode::kTunnel), inbound = make_sa(Direction::kIn, Mode::kTunnel);
      outbound.spi = inbound.spi = static_cast<uint32_t>(0x1000 + i);
      sas_.push_back(engine_->install(outbound));
      engine_->install(inbound);
    }
  }

  struct Figures {
    double out = 0, in = 0;  // clocks a packet
    std::vector<Bytes> sealed, opened;
  };
  Figures measure(const std::vector<size_t>& mix, size_t sas) {
    Figures f;
    std::vector<Bytes> sealed, opened;
    uint64_t clocks[2][2];
    const size_t counts[2] = {kFew, kMore};
    for (int i = 0; i < 2; ++i) {
      std::vector<Bytes> clear;
      std::vector<PacketIn> in;
      for (size_t k = 0; k < counts[i]; ++k)
        clear.push_back(ipv4("10.1.0.1", "10.2.0.1", 17, counting(mix[k % mix.size()] - 20)));
      for (size_t k = 0; k < counts[i]; ++k) in.push_back({clear[k], sas_[k % sas]});
      clocks[0][i] = run(Direction::kOut, in, f.sealed);
      in.clear();
      for (const Bytes& p : f.sealed) in.push_back({p});
      clocks[1][i] = run(Direction::kIn, in, f.opened);
      EXPECT_EQ(f.opened, clear);
    }
    f.out = static_cast<double>(clocks[0][1] - clocks[0][0]) / (kMore - kFew);
    f.in = static_cast<double>(clocks[1][1] - clocks[1][0]) / (kMore - kFew);
    return f;
  }

 private:
  // Of one run. Every packet must pass.
  uint64_t run(Direction direction, const std::vector<PacketIn>& in, std::vector<Bytes>& out) {
    const uint64_t before = port_->registers(direction).busy_cycles;
    std::vector<PacketOut> results;
    engine_->process(direction, in, results);
    out.clear();
    for (const PacketOut& r : results) {
      EXPECT_EQ(r.status, abi::kOk);
      out.emplace_back(r.data.begin(), r.data.end());
    }
    return port_->registers(direction).busy_cycles - before;
  }

  sim::SimPort* port_;
  std::unique_ptr<Engine> engine_;
  std::vector<SaHandle> sas_;
};

const std::map<std::string, std::vector<size_t>> kMixes = {
    {"64 B", {64}}, {"IMIX", {64, 576, 64, 64, 576, 64, 1500, 64, 576, 64, 64, 576}}, {"1420 B", {1420}}};

struct Engines : testing::TestWithParam<unsigned> {};

TEST_P(Engines, TimesTheThroughputOfOneForOneSaAndForMany) {
  const unsigned n = GetParam();
  Measured one(1), several(n);
  for (const auto& [name, mix] : kMixes)
    for (const size_t sas : {size_t{1}, kSas}) {
      const Measured::Figures a = one.measure(mix, sas), b = several.measure(mix, sas);
      EXPECT_EQ(a.sealed, b.sealed) << name << ", " << sas << " SAs";
      EXPECT_GE(a.out / b.out, 0.95 * n) << name << ", " << sas << " SAs, outbound: " << a.out << ", " << b.out;
      EXPECT_GE(a.in / b.in, 0.95 * n) << name << ", " << sas << " SAs, inbound: " << a.in << ", " << b.in;
    }
}

// The dispatcher counts beats: the lane of a jumbo frame is passed over for up to 70 short packets.
TEST_P(Engines, UnequalPacketsUnderStallsGiveWhatOneEngineGives) {
  const uint64_t seed = test_seed();
  Measured one(1), several(GetParam(), seed);
  std::mt19937_64 random(seed);
  std::vector<std::vector<size_t>> mixes = {
      {9000, 64, 64, 64, 64, 64}, {64, 9000}, {9000, 9000, 64, 64, 64, 64}, {}, {}};
  mixes[3].assign(96, 64);
  mixes[3][0] = 9000;
  for (int i = 0; i < 96; ++i) mixes[4].push_back(random() % 4 == 0 ? 20 + random() % 8900 : 20 + random() % 200);
  for (const std::vector<size_t>& mix : mixes) {
    const Measured::Figures a = one.measure(mix, 7), b = several.measure(mix, 7);
    EXPECT_EQ(a.sealed, b.sealed) << "XESP_TEST_SEED=" << seed;
    EXPECT_EQ(a.opened, b.opened) << "XESP_TEST_SEED=" << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Engines, testing::Values(unsigned{XESP_TEST_ENGINES}), testing::PrintToStringParamName());

}  // namespace
}  // namespace xesp::test
