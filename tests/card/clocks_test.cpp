// SPDX-License-Identifier: Apache-2.0
// Clocks of the RTL, counted: a packet takes those of its beats and none besides, whatever was in front of it, where
// memory never stalls. What a run takes to start and to drain is the same for all.
#include <gtest/gtest.h>

#include "engine/card_engine.h"
#include "sim_port.h"
#include "support/packets.h"
#include "support/sas.h"
#include "verilated_card.h"

namespace xesp::test {
namespace {

enum class Kind { kGcm, kGmac, kAh };
constexpr const char* kKindNames[] = {"", "Gmac", "Ah"};

struct Clocks : testing::TestWithParam<std::tuple<Mode, Kind>> {
  Clocks() {
    auto owned = std::make_unique<sim::SimPort>(std::make_unique<sim::VerilatedCard>(sim::VerilatedCardOptions{}));
    port = owned.get();
    engine = make_card_engine(std::move(owned));
  }

  // Of one run. Every packet must pass; the results stay in `out`.
  uint64_t run(Direction direction, const std::vector<PacketIn>& in, std::vector<Bytes>& out) {
    const uint64_t before = port->registers(direction).busy_cycles;
    std::vector<PacketOut> results;
    engine->process(direction, in, results);
    out.clear();
    for (const PacketOut& r : results) {
      EXPECT_EQ(r.status, abi::kOk);
      out.emplace_back(r.data.begin(), r.data.end());
    }
    return port->registers(direction).busy_cycles - before;
  }

  sim::SimPort* port;
  std::unique_ptr<Engine> engine;
};

size_t beats(const Bytes& packet) {
  return (packet.size() + 63) / 64;
}
// A protected packet's short end stands in its completion; inbound in its descriptor, if it is long enough.
size_t sent_beats(const Bytes& esp) {
  return beats(esp) - (esp.size() > 64 && esp.size() % 64 - 1 < abi::kTailBytes);
}
size_t received_beats(const Bytes& esp) {
  return beats(esp) - (abi::tail_of(static_cast<uint32_t>(esp.size())) != 0);
}

TEST_P(Clocks, APacketTakesThoseOfItsBeats) {
  const auto [mode, kind] = GetParam();
  SaConfig outbound = make_sa(Direction::kOut, mode), inbound = make_sa(Direction::kIn, mode);
  outbound.auth_only = inbound.auth_only = kind != Kind::kGcm;
  outbound.proto = inbound.proto = kind == Kind::kAh ? 51 : 50;
  const SaHandle sa = engine->install(outbound);
  engine->install(inbound);
  constexpr size_t kFew = 32, kMore = 160;
  for (const size_t size : {64, 65, 84, 88, 128, 300, 1420, 1500}) {
    const Bytes clear = ipv4("192.0.2.1", "198.51.100.1", 17, counting(size - 20));
    const auto batch = [&](const std::vector<Bytes>& packets) {
      std::vector<PacketIn> in;
      for (const Bytes& p : packets) in.push_back({p, sa});
      return in;
    };
    std::vector<Bytes> sealed_few, sealed_more, opened;
    // As many first as in_sa lets pass before it waits for words from in_replay (hls/kernels/esn.h).
    run(Direction::kOut, batch(std::vector<Bytes>(abi::kMaxInFlight, clear)), sealed_more);
    run(Direction::kIn, batch(sealed_more), opened);
    const uint64_t out_few = run(Direction::kOut, batch(std::vector<Bytes>(kFew, clear)), sealed_few);
    const uint64_t out_more = run(Direction::kOut, batch(std::vector<Bytes>(kMore, clear)), sealed_more);
    const uint64_t in_few = run(Direction::kIn, batch(sealed_few), opened);
    const uint64_t in_more = run(Direction::kIn, batch(sealed_more), opened);
    constexpr size_t kCounted = kMore - kFew;
    const size_t out_needed = kCounted * std::max(sent_beats(sealed_few[0]), beats(clear));
    const size_t in_needed = kCounted * std::max(received_beats(sealed_few[0]), beats(clear));
    EXPECT_LE(out_more - out_few, out_needed) << size << " bytes, outbound";
    EXPECT_LE(in_more - in_few, in_needed) << size << " bytes, inbound";
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, Clocks,
                         testing::Combine(testing::Values(Mode::kTransport, Mode::kTunnel),
                                          testing::Values(Kind::kGcm, Kind::kGmac, Kind::kAh)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) == Mode::kTunnel ? "Tunnel" : "Transport") +
                                  kKindNames[static_cast<size_t>(std::get<1>(info.param))];
                         });

class InstallClocks : public Clocks {};

// Four beats an entry, inbound one for the lookup slot too, and sometimes one for a slot that moves. The host has as
// many beats of zeros follow, over the keys in card memory: half of what is counted.
TEST_F(InstallClocks, InABatchTakeEightAtMost) {
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    uint32_t spi = 0x8000;
    const auto install = [&](unsigned count) {
      std::vector<SaConfig> sas;
      for (unsigned i = 0; i < count; ++i) sas.push_back(make_sa(direction, Mode::kTunnel, ++spi));
      const uint64_t before = port->registers(direction).busy_cycles;
      engine->install_all(sas);
      return port->registers(direction).busy_cycles - before;
    };
    const uint64_t few = install(32), more = install(288);
    const uint64_t clocks = (more - few) / 2;
    EXPECT_LE(clocks, 256u * 8);
    EXPECT_GE(clocks, 256u * 4) << "an entry has four beats";
  }
}

}  // namespace
}  // namespace xesp::test
