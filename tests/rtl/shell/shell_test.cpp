// SPDX-License-Identifier: Apache-2.0
//
// The shell of a compute unit with a loopback path: registers, descriptors, packets, completions, errors, pace.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "batch.h"
#include "shell_bench.h"
#include "xesp_abi.h"

namespace xesp::test {
namespace {

constexpr uint32_t kDone = 2, kIdle = 4, kReady = 8;

// XESP_SEED repeats a run; every test says its seed when it fails.
uint64_t seed() {
  static const uint64_t value = [] {
    const char* text = std::getenv("XESP_SEED");
    const uint64_t chosen = text != nullptr ? std::strtoull(text, nullptr, 0) : std::random_device{}();
    std::printf("XESP_SEED=%llu\n", static_cast<unsigned long long>(chosen));
    return chosen;
  }();
  return value;
}

class Shell : public testing::Test {
 protected:
  Shell() : random_(seed()), bench_(seed()) {}
  std::mt19937_64 random_;
  ShellBench bench_;
};

TEST_F(Shell, SaysWhatItIs) {
  EXPECT_EQ(bench_.read(abi::kRegMagic), abi::kMagic);
  EXPECT_EQ(bench_.read(abi::kRegVersion), abi::kVersion);
  EXPECT_EQ(bench_.read(abi::kRegDirection), 1u);
  EXPECT_EQ(bench_.read(abi::kRegSaCapacity), abi::kSaCapacity);
  EXPECT_EQ(bench_.read(abi::kRegCtrl), kIdle);
  EXPECT_EQ(bench_.read(abi::kRegError), 0u);
}

TEST_F(Shell, UnknownOffsetsReadZeroAndIgnoreWrites) {
  for (uint32_t offset : {0x004u, 0x008u, 0x00cu, 0x018u, 0x044u, 0x0fcu, 0x134u, 0x1fcu, 0x280u, 0xffcu}) {
    bench_.write(offset, 0xffffffffu);
    EXPECT_EQ(bench_.read(offset), 0u) << offset;
  }
  bench_.write(abi::kRegMagic, 0);
  EXPECT_EQ(bench_.read(abi::kRegMagic), abi::kMagic);
  EXPECT_EQ(bench_.read(abi::kRegCtrl), kIdle);
}

TEST_F(Shell, ArgumentsKeepBytesAndAnyOrderOfAddressAndData) {
  using Order = sim::AxiLite::Order;
  bench_.write(abi::kRegArgIn, 0x11223344u, 0xf, Order::kAddressFirst);
  bench_.write(abi::kRegArgIn + 4, 0x55667788u, 0xf, Order::kDataFirst);
  EXPECT_EQ(bench_.read(abi::kRegArgIn), 0x11223344u);
  EXPECT_EQ(bench_.read(abi::kRegArgIn + 4), 0x55667788u);
  bench_.write(abi::kRegArgIn, 0xaabbccddu, 0b0110);
  EXPECT_EQ(bench_.read(abi::kRegArgIn), 0x11bbcc44u);
}

TEST_F(Shell, DoneIsClearedByReading) {
  Batch batch(random_);
  batch.add(100);
  batch.place(bench_.memory());
  bench_.write_args(batch.buffers(), 1);
  bench_.start();
  for (int i = 0; i < 500; ++i) bench_.step();
  EXPECT_EQ(bench_.read(abi::kRegCtrl), kDone | kIdle | kReady);
  EXPECT_EQ(bench_.read(abi::kRegCtrl), kIdle);
  batch.check(bench_.memory());
}

TEST_F(Shell, StartForgetsADoneNobodyRead) {
  Batch batch(random_);
  batch.add(100);
  batch.place(bench_.memory());
  bench_.write_args(batch.buffers(), 1);
  bench_.start();
  for (int i = 0; i < 500; ++i) bench_.step();
  bench_.set_data_timing({.read_latency_min = 400, .read_latency_max = 400});
  bench_.start();
  EXPECT_EQ(bench_.read(abi::kRegCtrl) & (kDone | kIdle), 0u);
  bench_.wait_done();
}

// XRT's sws scheduler: the whole map with CTRL = 0, again with CTRL = 1 as its first word, CTRL = 0x10 after done.
TEST_F(Shell, TakesTheWriteSequenceOfXrtsScheduler) {
  for (int round = 0; round < 3; ++round) {
    Batch batch(random_);
    batch.add_random(20);
    batch.place(bench_.memory());
    const Buffers& b = batch.buffers();
    std::array<uint32_t, 17> map{};
    auto put = [&](uint32_t offset, uint64_t value) {
      map[offset / 4] = static_cast<uint32_t>(value);
      map[offset / 4 + 1] = static_cast<uint32_t>(value >> 32);
    };
    put(abi::kRegArgDesc, b.desc);
    put(abi::kRegArgIn, b.in);
    put(abi::kRegArgOut, b.out);
    put(abi::kRegArgCpl, b.cpl);
    map[abi::kRegArgCount / 4] = batch.count();
    for (uint32_t start : {0u, 1u}) {
      map[0] = start;
      for (uint32_t i = 0; i < map.size(); ++i) bench_.write(4 * i, map[i]);
    }
    bench_.wait_done();
    bench_.write(abi::kRegCtrl, 0x10);
    EXPECT_EQ(bench_.read(abi::kRegCtrl), kIdle);
    EXPECT_EQ(bench_.read(abi::kRegError), 0u);
    batch.check(bench_.memory());
  }
}

TEST_F(Shell, ArgumentsOfTheNextRunMayBeWrittenDuringThisOne) {
  bench_.set_data_timing({.read_latency_min = 300, .read_latency_max = 300});
  Batch first(random_), second(random_);
  first.add_random(30);
  second.add_random(10);
  first.place(bench_.memory());
  second.place(bench_.memory());
  bench_.write_args(first.buffers(), first.count());
  bench_.start();
  bench_.write_args(second.buffers(), second.count());
  bench_.wait_done();
  first.check(bench_.memory());
  bench_.start();
  bench_.wait_done();
  second.check(bench_.memory());
}

TEST_F(Shell, StartDuringARunIsHeld) {
  Batch first(random_), second(random_);
  first.add_random(200);
  second.add_random(10);
  first.place(bench_.memory());
  second.place(bench_.memory());
  bench_.write_args(first.buffers(), first.count());
  bench_.start();
  bench_.write_args(second.buffers(), second.count());
  bench_.start();
  const uint64_t limit = bench_.clocks() + 100'000;
  while ((bench_.read(abi::kRegCtrl) & kIdle) == 0) ASSERT_LT(bench_.clocks(), limit);
  EXPECT_EQ(bench_.read(abi::kRegPackets), first.count() + second.count());
  first.check(bench_.memory());
  second.check(bench_.memory());
}

TEST_F(Shell, RefusesCountsOutOfRange) {
  Batch batch(random_);
  batch.add(64);
  for (uint32_t count : {0u, abi::kMaxBatch + 1, 0x2000u, 0x10000u, 0xffffffffu}) {
    bench_.run(batch.buffers(), count);
    EXPECT_EQ(bench_.read(abi::kRegError), abi::kErrCount) << count;
  }
  EXPECT_EQ(bench_.desc_port().stats().read_bursts, 0u);
  EXPECT_EQ(bench_.read(abi::kRegPackets), 0u);
  batch.place(bench_.memory());
  bench_.run(batch.buffers(), 1);
  EXPECT_EQ(bench_.read(abi::kRegError), 0u) << "an error is of its run only";
  batch.check(bench_.memory());
}

TEST_F(Shell, RefusesUnalignedBuffers) {
  for (uint64_t Buffers::*which : {&Buffers::desc, &Buffers::in, &Buffers::out, &Buffers::cpl}) {
    Buffers buffers{0x1000, 0x2000, 0x3000, 0x4000};
    buffers.*which += 1 + random_() % 63;
    bench_.run(buffers, 1);
    EXPECT_EQ(bench_.read(abi::kRegError), abi::kErrAlign);
  }
  if constexpr (kDescBytes > 64) {
    for (uint64_t Buffers::*which : {&Buffers::desc, &Buffers::cpl}) {
      Buffers buffers{0x1000, 0x2000, 0x3000, 0x4000};
      buffers.*which += 64;
      bench_.run(buffers, 1);
      EXPECT_EQ(bench_.read(abi::kRegError), abi::kErrAlign) << "half a beat";
    }
  }
  EXPECT_EQ(bench_.desc_port().stats().read_bursts, 0u);
}

TEST_F(Shell, LongestPacketIsCutAt4KiB) {
  Batch batch(random_);
  for (int i = 0; i < 64; ++i) batch.add(abi::kMaxPacketBytes);
  batch.place(bench_.memory());
  bench_.run(batch.buffers(), batch.count());
  batch.check(bench_.memory());  // AxiMemory throws at a burst across 4 KiB
  for (unsigned i = 0; i < kLanes; ++i) {
    EXPECT_EQ(bench_.data_port(i).stats().longest_read, 64u);
    EXPECT_EQ(bench_.data_port(i).stats().longest_write, 64u);
  }
}

TEST_F(Shell, EveryLengthOfTwoBeats) {
  Batch batch(random_);
  for (uint32_t len = 0; len <= 130; ++len) batch.add(len);
  batch.place(bench_.memory());
  bench_.run(batch.buffers(), batch.count());
  batch.check(bench_.memory());
}

TEST_F(Shell, LargestBatch) {
  Batch batch(random_);
  for (uint32_t i = 0; i < abi::kMaxBatch; ++i) batch.add(1 + static_cast<uint32_t>(random_() % 130));
  batch.place(bench_.memory());
  bench_.run(batch.buffers(), batch.count());
  batch.check(bench_.memory());
  EXPECT_EQ(bench_.read(abi::kRegPackets), abi::kMaxBatch);
}

// Memory and path that stall and answer at random, with descriptors of every kind.
struct Mood {
  const char* name;
  sim::AxiTiming timing;
  unsigned path_stall;
};

class ShellRandom : public testing::TestWithParam<Mood> {};

TEST_P(ShellRandom, DeliversEveryByteAndCountsIt) {
  const Mood& mood = GetParam();
  SCOPED_TRACE("XESP_SEED=" + std::to_string(seed()));
  std::mt19937_64 random(seed());
  ShellBench bench(seed(), mood.timing);
  bench.set_path_stall(mood.path_stall);
  std::array<uint32_t, 32> statuses{};
  uint64_t packets = 0, in_beats = 0, out_beats = 0;
  for (unsigned count : {1u, 2u, 63u, 64u, 65u, 257u, 700u}) {
    Batch batch(random);
    batch.add_random(count);
    batch.place(bench.memory());
    bench.run(batch.buffers(), batch.count());
    batch.check(bench.memory());
    EXPECT_EQ(bench.read(abi::kRegError), 0u);
    EXPECT_TRUE(bench.idle()) << "done before all was acknowledged";
    for (unsigned i = 0; i < count; ++i) ++statuses[batch.expected(i).status];
    packets += count;
    in_beats += batch.in_beats();
    out_beats += batch.out_beats();
  }
  EXPECT_EQ(bench.read(abi::kRegPackets), packets);
  EXPECT_EQ(bench.read(abi::kRegInBeats), in_beats);
  EXPECT_EQ(bench.read(abi::kRegOutBeats), out_beats);
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(bench.read(abi::kRegCounters + 4 * i), statuses[i]) << "reason " << i;
}

INSTANTIATE_TEST_SUITE_P(
    Moods, ShellRandom,
    testing::Values(
        Mood{"ideal", {}, 0},
        Mood{"far",
             {.read_latency_min = 150, .read_latency_max = 250, .write_latency_min = 100, .write_latency_max = 200},
             0},
        Mood{"slow_read", {.read_latency_max = 30, .stall_ar = 70, .stall_r = 60}, 0},
        Mood{"slow_write", {.write_latency_max = 30, .stall_aw = 80, .stall_w = 60, .stall_b = 50}, 0},
        Mood{"slow_path", {}, 70},
        Mood{"all",
             {.read_latency_max = 60,
              .write_latency_max = 60,
              .stall_ar = 40,
              .stall_r = 40,
              .stall_aw = 40,
              .stall_w = 40,
              .stall_b = 40,
              .max_bursts = 3},
             30}),
    [](const testing::TestParamInfo<Mood>& info) { return std::string(info.param.name); });

TEST_F(Shell, ReportsFailedPacketReads) {
  Batch batch(random_);
  for (int i = 0; i < 10; ++i) batch.add(200);
  batch.place(bench_.memory());
  bench_.set_data_fault(batch.buffers().in, 64);
  bench_.run(batch.buffers(), batch.count());
  EXPECT_EQ(bench_.read(abi::kRegError), abi::kErrAxiRead);
  std::array<uint8_t, 64> head{};
  bench_.memory().read(batch.buffers().out, head.data(), head.size());
  for (uint8_t byte : head) EXPECT_EQ(byte, 0xff) << "a failed beat enters as zeros, which the path inverts";
}

TEST_F(Shell, ReportsFailedDescriptorReads) {
  Batch batch(random_);
  for (int i = 0; i < 3; ++i) batch.add(64);
  batch.place(bench_.memory());
  bench_.desc_port().set_fault(batch.buffers().desc + 64, 64);
  bench_.run(batch.buffers(), batch.count());
  EXPECT_EQ(bench_.read(abi::kRegError), abi::kErrAxiRead);
  abi::Completion c{};
  bench_.memory().read(batch.buffers().cpl + 64, &c, sizeof c);
  EXPECT_EQ(c.op, 0) << "a descriptor of zeros has no op";
}

TEST_F(Shell, ReportsFailedWrites) {
  Batch batch(random_);
  for (int i = 0; i < 10; ++i) batch.add(200);
  batch.place(bench_.memory());
  bench_.set_data_fault(batch.buffers().out, 64);
  bench_.run(batch.buffers(), batch.count());
  EXPECT_EQ(bench_.read(abi::kRegError), abi::kErrAxiWrite);

  bench_.set_data_fault(0, 0);
  bench_.desc_port().set_fault(batch.buffers().cpl, 64);
  bench_.run(batch.buffers(), batch.count());
  EXPECT_EQ(bench_.read(abi::kRegError), abi::kErrAxiWrite);

  bench_.desc_port().set_fault(0, 0);
  batch.place(bench_.memory());
  bench_.run(batch.buffers(), batch.count());
  EXPECT_EQ(bench_.read(abi::kRegError), 0u);
  batch.check(bench_.memory());
}

TEST_F(Shell, CountsClocks) {
  Batch batch(random_);
  batch.add_random(50);
  batch.place(bench_.memory());
  const uint32_t before = bench_.read(abi::kRegCyclesLo);
  const uint64_t clocks = bench_.clocks();
  bench_.run(batch.buffers(), batch.count());
  const uint32_t once = bench_.read(abi::kRegRunCycles);
  bench_.run(batch.buffers(), batch.count());
  const uint32_t twice = bench_.read(abi::kRegRunCycles);
  EXPECT_EQ(bench_.read(abi::kRegBusyLo), once + twice);
  EXPECT_EQ(bench_.read(abi::kRegBusyHi), 0u);
  const uint32_t after = bench_.read(abi::kRegCyclesLo);
  EXPECT_EQ(after - before, bench_.clocks() - clocks);
  EXPECT_EQ(bench_.read(abi::kRegCyclesHi), 0u);
}

TEST_F(Shell, ResetClearsCountersAndEndsARun) {
  Batch batch(random_);
  batch.add_random(300);
  batch.place(bench_.memory());
  bench_.run(batch.buffers(), batch.count());
  bench_.start();
  for (int i = 0; i < 100; ++i) bench_.step();
  bench_.reset();
  EXPECT_EQ(bench_.read(abi::kRegCtrl), kIdle);
  EXPECT_EQ(bench_.read(abi::kRegPackets), 0u);
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(bench_.read(abi::kRegCounters + 4 * i), 0u);
  batch.place(bench_.memory());
  bench_.run(batch.buffers(), batch.count());
  batch.check(bench_.memory());
}

// Pace with a memory that never stalls, 64 clocks away. The limits are what the design promises: one beat a clock of
// each lane, one descriptor a clock of all, and two where a beat has two.
TEST_F(Shell, SustainsOneBeatAClock) {
  for (unsigned beats : {0u, 1u, 2u, 3u, 4u, 23u}) {
    const double limit = std::max(64.0 / kDescBytes, double{1} * beats / kLanes) + (beats == 23 ? 0.05 : 0.02);
    std::array<double, 2> cycles{};
    for (unsigned half = 0; half < 2; ++half) {
      ShellBench bench(seed(), {.read_latency_min = 64,
                                .read_latency_max = 64,
                                .write_latency_min = 64,
                                .write_latency_max = 64,
                                .max_bursts = 512});
      Batch batch(random_);
      for (unsigned i = 0; i < 1024 * (half + 1); ++i) batch.add(64 * beats);
      batch.place(bench.memory());
      bench.run(batch.buffers(), batch.count());
      batch.check(bench.memory());
      cycles[half] = bench.read(abi::kRegRunCycles);
    }
    const double steady = (cycles[1] - cycles[0]) / 1024;
    std::printf("%2u beats: %.3f clocks a descriptor, %.0f clocks for 1024\n", beats, steady, cycles[0]);
    EXPECT_LE(steady, limit) << beats << " beats";
  }
}

}  // namespace
}  // namespace xesp::test
