// SPDX-License-Identifier: Apache-2.0
// xesp_dispatch, xesp_merge, xesp_split and xesp_fork under random stalls: runs of random lengths and packets. Four
// lanes have the pair forms: pair_lanes_test.cpp.
#include <gtest/gtest.h>
#include <verilated.h>

#include <array>
#include <cstring>
#include <deque>
#include <memory>
#include <random>

#include "Vlanes_loop.h"
#include "xesp_abi.h"

namespace xesp::test {
namespace {

constexpr unsigned kLanes = 2;
constexpr uint64_t kLast = uint64_t{1} << 63;

uint64_t seed() {
  if (const char* given = std::getenv("XESP_SEED")) return std::strtoull(given, nullptr, 0);
  return std::random_device{}();
}

struct Dealt {
  uint32_t number;
  bool final;
};

class Lanes : public testing::Test {
 protected:
  Lanes() : dut(&context) {
    dut.ap_rst_n = 0;
    for (int i = 0; i < 4; ++i) step();
    dut.ap_rst_n = 1;
  }
  ~Lanes() override { dut.final(); }

  bool chance(unsigned percent) { return random() % 100 < percent; }

  // A clock: inputs must be set; `taken` looks at the handshakes before the edge.
  void step() {
    dut.ap_clk = 0;
    dut.eval();
    if (dut.ap_rst_n) look();
    dut.ap_clk = 1;
    dut.eval();
    ++clocks;
  }

  void look() {
    if (dut.s_TVALID && dut.s_TREADY) ++given;
    for (unsigned l = 0; l < kLanes; ++l) {
      if ((dut.lane_TVALID >> l & 1) && (dut.lane_TREADY >> l & 1)) {
        uint32_t words[16];
        std::memcpy(words, &dut.lane_TDATA[16 * l], 64);
        const Dealt d{words[8], (words[0] >> 8 & 1) != 0};  // the cookie; kDescFinal
        lane_of[d.number] = l;
        dealt[l].push_back(d);
        const unsigned count = 1 + d.number % 3;  // so many words come of it
        for (unsigned k = 0; k < count; ++k) words_of[l].push_back(d.number * 4 + k + (k + 1 == count ? kLast : 0));
      }
      if ((dut.word_TVALID >> l & 1) && (dut.word_TREADY >> l & 1)) words_of[l].pop_front();
      if ((dut.part_TVALID >> l & 1) && (dut.part_TREADY >> l & 1)) {
        uint64_t v;
        std::memcpy(&v, &dut.part_TDATA[2 * l], 8);
        parts[l].push_back(v);
      }
    }
    if (dut.merged_TVALID && dut.merged_TREADY) merged.push_back(dut.merged_TDATA);
    if (dut.shared_TVALID && dut.shared_TREADY) shared.pop_front();
  }

  // `lengths` are those of the packets. Stalls of all sides in percent.
  void run(const std::vector<uint32_t>& lengths, unsigned stall) {
    const size_t n = lengths.size();
    given = 0;
    lane_of.assign(n, kLanes);
    merged.clear();
    for (unsigned l = 0; l < kLanes; ++l) dealt[l].clear(), parts[l].clear();
    for (size_t i = 0; i < n; ++i) shared.push_back(i);
    dut.start = 1;
    dut.start_count = static_cast<uint16_t>(n);
    dut.s_TVALID = dut.lane_TREADY = dut.word_TVALID = dut.merged_TREADY = dut.shared_TVALID = dut.part_TREADY = 0;
    step();
    dut.start = 0;
    size_t words = 0;
    for (size_t i = 0; i < n; ++i) words += 1 + i % 3;
    const uint64_t limit = clocks + 2000 + 200 * n;
    const auto part_count = [&] {
      size_t c = 0;
      for (const auto& p : parts) c += p.size();
      return c;
    };
    while (merged.size() < words || part_count() < n) {
      ASSERT_LT(clocks, limit) << "stuck: " << given << " of " << n << " given";
      // VALID stays up once it is.
      const bool s = given < n && (sent_valid(dut.s_TVALID, given) || !chance(stall));
      dut.s_TVALID = s;
      s_was = given;
      if (s) {
        abi::Desc d{};
        d.op = abi::kOpPacket;
        d.in_len = lengths[given];
        d.flags = given + 1 == n ? 1 : 0;
        d.cookie = given;
        std::memcpy(&dut.s_TDATA[0], &d, 64);
      }
      dut.lane_TREADY = dut.part_TREADY = 0;
      for (unsigned l = 0; l < kLanes; ++l) {
        if (!chance(stall)) dut.lane_TREADY |= 1 << l;
        if (!chance(stall)) dut.part_TREADY |= 1 << l;
      }
      dut.word_TVALID = 0;
      for (unsigned l = 0; l < kLanes; ++l)
        if (!words_of[l].empty()) {
          dut.word_TVALID |= 1 << l;
          std::memcpy(&dut.word_TDATA[2 * l], &words_of[l].front(), 8);
        }
      dut.merged_TREADY = !chance(stall);
      dut.shared_TVALID = !shared.empty();
      if (!shared.empty()) dut.shared_TDATA = shared.front();
      step();
    }
    check(n);
  }
  bool sent_valid(bool valid, size_t now) const { return valid && s_was == now; }

  void check(size_t n) {
    size_t at = 0;
    for (size_t i = 0; i < n; ++i)
      for (unsigned k = 0; k <= i % 3; ++k, ++at) EXPECT_EQ(merged[at] & ~kLast, i * 4 + k) << "word " << at;
    for (unsigned l = 0; l < kLanes; ++l) {
      ASSERT_EQ(dealt[l].size(), parts[l].size());
      for (size_t i = 0; i < dealt[l].size(); ++i) EXPECT_EQ(dealt[l][i].number, parts[l][i]) << "lane " << l;
      if (!dealt[l].empty()) EXPECT_TRUE(dealt[l].back().final) << "lane " << l;
    }
  }

  uint64_t seed_ = seed();
  std::mt19937_64 random{seed_};
  VerilatedContext context;
  Vlanes_loop dut;
  uint64_t clocks = 0;
  size_t given = 0, s_was = 0;
  std::vector<unsigned> lane_of;
  std::deque<uint64_t> words_of[kLanes], shared;
  std::vector<Dealt> dealt[kLanes];
  std::vector<uint64_t> parts[kLanes], merged;
};

TEST_F(Lanes, KeepTheOrderUnderStalls) {
  SCOPED_TRACE("XESP_SEED=" + std::to_string(seed_));
  for (int i = 0; i < 200 && !HasFatalFailure(); ++i) {
    std::vector<uint32_t> lengths(1 + random() % (i % 4 == 0 ? 400 : 12));
    for (uint32_t& l : lengths) l = chance(20) ? random() % 9216 : chance(5) ? 100'000 : random() % 200;
    run(lengths, i % 3 == 0 ? 0 : random() % 80);
  }
}

TEST_F(Lanes, EqualPacketsGoRoundAndOnlyTheLastOfEachLaneIsFinal) {
  run(std::vector<uint32_t>(103, 1420), 0);
  for (size_t i = 0; i < lane_of.size(); ++i) EXPECT_EQ(lane_of[i], i % kLanes);
  for (const auto& lane : dealt)
    for (size_t i = 0; i < lane.size(); ++i) EXPECT_EQ(lane[i].final, i + 1 == lane.size());
}

TEST_F(Lanes, ALongPacketsLaneIsPassedOver) {
  std::vector<uint32_t> lengths(1 + (kLanes - 1) * 100, 64);
  lengths[0] = 100 * 64;
  run(lengths, 30);
  for (size_t i = 1; i < lengths.size(); ++i) EXPECT_NE(lane_of[i], lane_of[0]) << i;
}

TEST_F(Lanes, TheSameWhateverTheStalls) {
  SCOPED_TRACE("XESP_SEED=" + std::to_string(seed_));
  std::vector<uint32_t> lengths(500);
  for (uint32_t& l : lengths) l = 1 + random() % 9216;
  run(lengths, 0);
  const std::vector<unsigned> first = lane_of;
  run(lengths, 60);
  EXPECT_EQ(lane_of, first);
}

}  // namespace
}  // namespace xesp::test
