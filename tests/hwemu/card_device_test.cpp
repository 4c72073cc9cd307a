// SPDX-License-Identifier: Apache-2.0
// CardDevice on the loopback card, through XRT and a simulator process.
#include <atomic>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "loopback_fixture.h"

namespace xesp::test {
namespace {

using CardDeviceTest = Loopback;

TEST_F(CardDeviceTest, SaysWhatItOpened) {
  CardDevice card(options());
  const std::string version = std::to_string(abi::kVersion >> 16) + "." + std::to_string(abi::kVersion & 0xffff);
  EXPECT_EQ(card.description(), "hw_emu " + options().xclbin + ", ABI " + version);
  EXPECT_EQ(card.desc(Direction::kOut).size(), 512u);
  EXPECT_EQ(card.in(Direction::kIn).size(), size_t{1} << 20);
}

// XRT sleeps 10 s in a load and up to 10 s in a close unless it is gone about as xrt_card.cpp and xrt.ini do.
TEST_F(CardDeviceTest, OpensAndClosesWithoutXrtsLongSleeps) {
  const auto start = std::chrono::steady_clock::now();
  { CardDevice card(options()); }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
}

TEST_F(CardDeviceTest, NeedsNothingOfTheCallersEnvironment) {
  for (const char* name : {"USER", "XILINX_XRT", "HOME"}) ::unsetenv(name);
  CardDevice card(options());
  fill(card, Direction::kOut, {64}, 1);
  card.run(Direction::kOut, 1, 64, 64);
  expect_echo(card, Direction::kOut, 1);
}

TEST_F(CardDeviceTest, CarriesABatchOfAllSizesInBothDirections) {
  CardDevice card(options());
  const std::vector<uint32_t> sizes{1, 20, 63, 64, 65, 127, 128, 1500, 4095, 4096, 4097, 9216};
  uint32_t seed = 0;
  for (const Direction direction : {Direction::kOut, Direction::kIn, Direction::kOut}) {
    fill(card, direction, sizes, ++seed);
    card.submit(direction, sizes.size());
    const CardRun run = card.wait(direction, kLong);
    EXPECT_EQ(run.error, 0u);
    EXPECT_GE(run.cycles, 100 * sizes.size());
    expect_echo(card, direction, sizes.size());
  }
}

TEST_F(CardDeviceTest, FillsItsCapacity) {
  CardOptions o = options();
  o.descriptors = abi::kMaxBatch;
  o.in_bytes = o.out_bytes = size_t{abi::kMaxBatch} * 1024;  // above XRT's packet_size, so it goes in pieces
  CardDevice card(o);
  const std::vector<uint32_t> sizes(abi::kMaxBatch, 1024);
  fill(card, Direction::kIn, sizes, 5);
  card.run(Direction::kIn, sizes.size(), o.in_bytes, o.out_bytes);
  expect_echo(card, Direction::kIn, sizes.size());
}

TEST_F(CardDeviceTest, TellsDropsAndCounts) {
  CardDevice card(options());
  fill(card, Direction::kOut, {100, 100, 100}, 1);
  card.desc(Direction::kOut)[1].out_cap = 64;
  card.run(Direction::kOut, 3, 384, 384);
  EXPECT_EQ(card.completions(Direction::kOut)[0].status, abi::kOk);
  EXPECT_EQ(card.completions(Direction::kOut)[1].status, abi::kDropOutputTooBig);
  EXPECT_EQ(card.completions(Direction::kOut)[2].status, abi::kOk);

  const CardRegisters out = card.registers(Direction::kOut);
  EXPECT_EQ(out.packets, 3u);
  EXPECT_EQ(out.in_beats, 4u);
  EXPECT_EQ(out.by_reason[abi::kOk], 2u);
  EXPECT_EQ(out.by_reason[abi::kDropOutputTooBig], 1u);
  EXPECT_GE(out.busy_cycles, out.run_cycles);
  EXPECT_GE(out.cycles, out.busy_cycles);
  EXPECT_EQ(card.registers(Direction::kIn).packets, 0u);
}

TEST_F(CardDeviceTest, RefusesWhatWouldLeaveItsBuffers) {
  CardDevice card(options());
  const auto refused = [&](auto change) {
    fill(card, Direction::kOut, {64, 64}, 1);
    change(card.desc(Direction::kOut)[1]);
    const Error error = error_of([&] { card.submit(Direction::kOut, 2); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_NE(std::string(error.what()).find("descriptor 1"), std::string::npos) << error.what();
  };
  refused([](abi::Desc& d) { d.in_off = (1 << 20); });
  refused([](abi::Desc& d) { d.in_off = ~uint64_t{63}; });
  refused([](abi::Desc& d) { d.in_len = 0xffffffff; });
  refused([](abi::Desc& d) { d.out_off = (1 << 20) - 64, d.out_cap = 128; });
  refused([](abi::Desc& d) { d.out_off = ~uint64_t{63}; });
  refused([](abi::Desc& d) { d.in_off = 8; });
  EXPECT_EQ(error_of([&] { card.submit(Direction::kOut, 0); }).code(), ErrorCode::kData);
  EXPECT_EQ(error_of([&] { card.submit(Direction::kOut, 513); }).code(), ErrorCode::kData);
  EXPECT_EQ(card.registers(Direction::kOut).packets, 0u);  // none of it reached the card

  fill(card, Direction::kOut, {64, 64}, 2);
  card.run(Direction::kOut, 2, 128, 128);
  expect_echo(card, Direction::kOut, 2);
}

TEST_F(CardDeviceTest, RefusesMisuse) {
  CardDevice card(options());
  EXPECT_EQ(error_of([&] { card.wait(Direction::kOut, kLong); }).code(), ErrorCode::kSoftware);
  fill(card, Direction::kOut, {64}, 1);
  card.submit(Direction::kOut, 1);
  EXPECT_EQ(error_of([&] { card.submit(Direction::kOut, 1); }).code(), ErrorCode::kSoftware);
  card.wait(Direction::kOut, kLong);
}

TEST_F(CardDeviceTest, WorksBothDirectionsAndRegistersAtOnce) {
  CardDevice card(options());
  std::atomic<int> running = 2;
  const auto work = [&](Direction direction) {
    std::mt19937 random(static_cast<unsigned>(direction));
    for (uint32_t round = 0; round < 100; ++round) {
      std::vector<uint32_t> sizes(1 + random() % 40);
      for (uint32_t& size : sizes) size = 1 + random() % 2000;
      fill(card, direction, sizes, round);
      card.submit(direction, sizes.size());
      card.wait(direction, kLong);
      expect_echo(card, direction, sizes.size());
    }
    --running;
  };
  std::thread out(work, Direction::kOut);
  std::thread in(work, Direction::kIn);
  uint32_t before = 0;
  while (running > 0) {
    const uint32_t packets = card.registers(Direction::kOut).packets;
    EXPECT_GE(packets, before);
    before = packets;
  }
  out.join();
  in.join();
  EXPECT_GT(card.registers(Direction::kIn).packets, 100u);
}

TEST_F(CardDeviceTest, OpensAgainAfterItClosed) {
  for (int round = 0; round < 2; ++round) {
    CardDevice card(options());
    EXPECT_EQ(card.registers(Direction::kOut).packets, 0u);  // a new simulator
    fill(card, Direction::kOut, {64}, 1);
    card.run(Direction::kOut, 1, 64, 64);
    expect_echo(card, Direction::kOut, 1);
  }
}

TEST_F(CardDeviceTest, TwoInOneProcess) {
  CardDevice one(options());
  CardDevice two(options());
  fill(one, Direction::kOut, {64}, 1);
  fill(two, Direction::kOut, {64, 64}, 2);
  one.submit(Direction::kOut, 1);
  two.submit(Direction::kOut, 2);
  one.wait(Direction::kOut, kLong);
  two.wait(Direction::kOut, kLong);
  expect_echo(one, Direction::kOut, 1);
  expect_echo(two, Direction::kOut, 2);
  EXPECT_EQ(one.registers(Direction::kOut).packets, 1u);
  EXPECT_EQ(two.registers(Direction::kOut).packets, 2u);
}

TEST_F(CardDeviceTest, TheSimulatorWritesStatistics) {
  const std::string stats = file("stats.json");
  const Variable variable("XESP_SIM_STATS", stats.c_str());
  {
    CardDevice card(options());
    fill(card, Direction::kOut, {64}, 1);
    card.run(Direction::kOut, 1, 64, 64);
  }
  std::ifstream in(stats);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(text.find("\"cycles\": 1"), std::string::npos) << text;  // 1xx: one descriptor and what a look rounds up
}

}  // namespace
}  // namespace xesp::test
