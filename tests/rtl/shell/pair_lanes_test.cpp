// SPDX-License-Identifier: Apache-2.0
// xesp_pair_dispatch, xesp_pair_merge and xesp_pair_split under random stalls, against a model that takes one
// descriptor after the other; and how many clocks they take without stalls.
#include <gtest/gtest.h>
#include <verilated.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "Vpair_loop.h"
#include "xesp_abi.h"

namespace xesp::test {
namespace {

constexpr unsigned kLanes = 4;
constexpr uint64_t kLast = uint64_t{1} << 63;

uint64_t seed() {
  if (const char* given = std::getenv("XESP_SEED")) return std::strtoull(given, nullptr, 0);
  return std::random_device{}();
}

/// A descriptor of a run: a packet, or a command of some words.
struct Item {
  uint32_t in_len;
  uint8_t op = abi::kOpPacket;
};

struct PairWord {
  uint64_t even = 0, odd = 0;
  bool has_even = false, has_odd = false;
  bool operator==(const PairWord&) const = default;
};

template <class Signal>
PairWord get_pair(const Signal& signal) {
  PairWord p;
  std::memcpy(&p.even, &signal[0], 8);
  std::memcpy(&p.odd, &signal[2], 8);
  p.has_even = (signal[4] & 1) != 0;
  p.has_odd = (signal[4] & 2) != 0;
  return p;
}

template <class Signal>
void set_pair(Signal& signal, const PairWord& p) {
  std::memcpy(&signal[0], &p.even, 8);
  std::memcpy(&signal[2], &p.odd, 8);
  signal[4] = (p.has_even ? 1 : 0) | (p.has_odd ? 2 : 0);
}

/// What must come of a run, by the rules of xesp_dispatch and of pair words.
struct Expected {
  std::vector<unsigned> lane;  // of each descriptor
  std::vector<PairWord> merged, cpls, shared;

  explicit Expected(const std::vector<Item>& items) {
    uint64_t load[kLanes] = {};
    for (const Item& item : items) {
      const unsigned to = static_cast<unsigned>(std::min_element(load, load + kLanes) - load);
      lane.push_back(to);
      load[to] += beats(item.in_len);
    }
    for (size_t i = 0; i < items.size(); i += 2) {
      const bool has_odd = i + 1 < items.size();
      cpls.push_back({i, has_odd ? i + 1 : 0, true, has_odd});
      if (has_odd && items[i].op == abi::kOpPacket && items[i + 1].op == abi::kOpPacket) {
        merged.push_back({word(i, 0, 1), word(i + 1, 0, 1), true, true});
        shared.push_back({i, i + 1, true, true});
        continue;
      }
      for (unsigned k = 0; k < words(items, i); ++k) merged.push_back({word(i, k, words(items, i)), 0, true, false});
      shared.push_back({i, 0, true, false});
      if (!has_odd) continue;
      for (unsigned k = 0; k < words(items, i + 1); ++k)
        merged.push_back({0, word(i + 1, k, words(items, i + 1)), false, true});
      shared.push_back({0, i + 1, false, true});
    }
  }

  static uint64_t beats(uint32_t in_len) {
    if (in_len == 0 || in_len > abi::kMaxPacketBytes) return 1;
    return std::max<uint64_t>(1, (in_len + 63 - abi::kTailBytes) / 64);
  }
  static unsigned words(const std::vector<Item>& items, size_t i) {
    return items[i].op == abi::kOpPacket ? 1 : 1 + static_cast<unsigned>(i % 3);
  }
  static uint64_t word(size_t i, unsigned k, unsigned count) { return i * 4 + k + (k + 1 == count ? kLast : 0); }
};

class PairLanes : public testing::Test {
 protected:
  PairLanes() : dut(&context) {
    dut.ap_rst_n = 0;
    for (int i = 0; i < 4; ++i) step();
    dut.ap_rst_n = 1;
  }
  ~PairLanes() override { dut.final(); }

  bool chance(unsigned percent) { return random() % 100 < percent; }

  // A clock: inputs must be set; look() is at the handshakes before the edge.
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
      if ((dut.lane_TVALID & dut.lane_TREADY) >> l & 1) {
        abi::Desc d;
        std::memcpy(&d, &dut.lane_TDATA[16 * l], sizeof d);
        const size_t i = d.cookie;
        ASSERT_LT(i, items.size());
        lane_of[i] = l;
        final[i] = (d.flags & abi::kDescFinal) != 0;
        dealt[l].push_back(i);
        const unsigned count = Expected::words(items, i);
        for (unsigned k = 0; k < count; ++k) words_of[l].push_back(Expected::word(i, k, count));
        done_of[l].push_back(i);
      }
      if ((dut.word_TVALID & dut.word_TREADY) >> l & 1) words_of[l].pop_front();
      if ((dut.done_TVALID & dut.done_TREADY) >> l & 1) done_of[l].pop_front();
      if ((dut.part_TVALID & dut.part_TREADY) >> l & 1) {
        uint64_t v;
        std::memcpy(&v, &dut.part_TDATA[2 * l], 8);
        parts[l].push_back(v);
        ++part_count;
      }
    }
    if (dut.order_TVALID && dut.order_TREADY) orders.push_back(dut.order_TDATA);
    if (dut.merged_TVALID && dut.merged_TREADY) merged.push_back(get_pair(dut.merged_TDATA));
    if (dut.cpl_TVALID && dut.cpl_TREADY) cpls.push_back(get_pair(dut.cpl_TDATA));
    if (dut.shared_TVALID && dut.shared_TREADY) ++shared_given;
  }

  void drive_pair(size_t pair) {
    std::memset(&dut.s_TDATA[0], 0, 1032 / 8);
    for (unsigned odd = 0; odd < 2; ++odd) {
      const size_t i = 2 * pair + odd;
      if (i == items.size()) break;
      abi::Desc d{};
      d.op = items[i].op;
      d.in_len = items[i].in_len;
      d.flags = i + 1 == items.size() ? abi::kDescFinal : 0;
      d.cookie = i;
      std::memcpy(&dut.s_TDATA[16 * odd], &d, sizeof d);
      dut.s_TDATA[32] |= 1u << odd;
    }
  }

  // Stalls of all sides in percent. Returns the run's clocks.
  uint64_t run(const std::vector<Item>& run_items, unsigned stall) {
    items = run_items;
    const Expected want(items);
    const size_t n = items.size(), pairs = (n + 1) / 2;
    given = shared_given = part_count = 0;
    lane_of.assign(n, kLanes);
    final.assign(n, false);
    merged.clear();
    cpls.clear();
    orders.clear();
    for (unsigned l = 0; l < kLanes; ++l) dealt[l].clear(), parts[l].clear();
    dut.start = 1;
    dut.start_count = static_cast<uint16_t>(n);
    dut.s_TVALID = dut.lane_TREADY = dut.word_TVALID = dut.merged_TREADY = dut.done_TVALID = dut.cpl_TREADY = 0;
    dut.shared_TVALID = dut.part_TREADY = 0;
    step();
    dut.start = 0;
    const uint64_t begin = clocks, limit = clocks + 2000 + 200 * n;
    size_t s_was = pairs, shared_was = want.shared.size();
    while (merged.size() < want.merged.size() || cpls.size() < want.cpls.size() || part_count < n) {
      if (clocks > limit) {
        ADD_FAILURE() << "stuck: " << given << " of " << pairs << " pairs given, " << orders.size() << " dealt out, "
                      << merged.size() << " words, " << cpls.size() << " completions, " << part_count << " parts";
        return 0;
      }
      // VALID stays up once it is.
      dut.s_TVALID = given < pairs && ((dut.s_TVALID && s_was == given) || !chance(stall));
      s_was = given;
      if (dut.s_TVALID) drive_pair(given);
      dut.shared_TVALID =
          shared_given < want.shared.size() && ((dut.shared_TVALID && shared_was == shared_given) || !chance(stall));
      shared_was = shared_given;
      if (dut.shared_TVALID) set_pair(dut.shared_TDATA, want.shared[shared_given]);
      dut.lane_TREADY = dut.part_TREADY = dut.word_TVALID = dut.done_TVALID = 0;
      for (unsigned l = 0; l < kLanes; ++l) {
        if (!chance(stall)) dut.lane_TREADY |= 1u << l;
        if (!chance(stall)) dut.part_TREADY |= 1u << l;
        offer(words_of[l], l, dut.word_TVALID, dut.word_TDATA);
        offer(done_of[l], l, dut.done_TVALID, dut.done_TDATA);
      }
      dut.merged_TREADY = !chance(stall);
      dut.cpl_TREADY = !chance(stall);
      step();
      if (HasFatalFailure()) return 0;
    }
    check(want);
    return clocks - begin;
  }

  template <class Valid, class Data>
  void offer(const std::deque<uint64_t>& queue, unsigned lane, Valid& valid, Data& data) {
    if (queue.empty()) return;
    valid |= static_cast<Valid>(1u << lane);
    std::memcpy(&data[2 * lane], &queue.front(), 8);
  }

  void check(const Expected& want) {
    EXPECT_EQ(lane_of, want.lane);
    EXPECT_TRUE(merged == want.merged) << "words";
    EXPECT_TRUE(cpls == want.cpls) << "completions";
    ASSERT_EQ(orders.size(), want.cpls.size());
    for (size_t k = 0; k < orders.size(); ++k) {
      const bool has_odd = 2 * k + 1 < items.size();
      const bool together = has_odd && items[2 * k].op == abi::kOpPacket && items[2 * k + 1].op == abi::kOpPacket;
      const unsigned lanes = want.lane[2 * k] | (has_odd ? want.lane[2 * k + 1] << 2 : 0);
      EXPECT_EQ(orders[k], (together ? 32u : 0u) | (has_odd ? 16u : 0u) | lanes) << "pair " << k;
    }
    for (unsigned l = 0; l < kLanes; ++l) {
      std::vector<uint64_t> mine;
      for (size_t i = 0; i < items.size(); ++i)
        if (want.lane[i] == l) mine.push_back(i);
      EXPECT_EQ(dealt[l], mine) << "lane " << l;
      EXPECT_EQ(parts[l], mine) << "lane " << l;
      check_final(mine);
    }
  }

  // The last of a lane is `final`. Another is only where four pairs behind it are of other lanes, and never where the
  // next is too far to be in the window of eight.
  void check_final(const std::vector<uint64_t>& lane) {
    for (size_t k = 0; k < lane.size(); ++k) {
      if (k + 1 == lane.size()) {
        EXPECT_TRUE(final[lane[k]]) << "descriptor " << lane[k];
        continue;
      }
      const uint64_t apart = lane[k + 1] / 2 - lane[k] / 2;
      if (apart <= 4) EXPECT_FALSE(final[lane[k]]) << "descriptor " << lane[k] << " of " << items.size();
      if (apart >= 8) EXPECT_TRUE(final[lane[k]]) << "descriptor " << lane[k] << " of " << items.size();
    }
  }

  std::vector<Item> random_items(size_t n, unsigned commands) {
    std::vector<Item> all(n);
    for (Item& item : all) {
      item.in_len = chance(20)  ? static_cast<uint32_t>(random() % 9217)
                    : chance(5) ? 100'000
                                : static_cast<uint32_t>(random() % 200);
      if (chance(commands)) item.op = static_cast<uint8_t>(random() % 4 == 0 ? 0 : random());
    }
    return all;
  }

  uint64_t seed_ = seed();
  std::mt19937_64 random{seed_};
  VerilatedContext context;
  Vpair_loop dut;
  uint64_t clocks = 0;
  std::vector<Item> items;
  size_t given = 0, shared_given = 0, part_count = 0;
  std::vector<unsigned> lane_of;
  std::vector<bool> final;
  std::vector<unsigned> orders;
  std::deque<uint64_t> words_of[kLanes], done_of[kLanes];
  std::vector<uint64_t> dealt[kLanes], parts[kLanes];
  std::vector<PairWord> merged, cpls;
};

TEST_F(PairLanes, KeepTheOrderUnderStalls) {
  SCOPED_TRACE("XESP_SEED=" + std::to_string(seed_));
  for (int i = 0; i < 400 && !HasFailure(); ++i) {
    const size_t n = 1 + random() % (i % 4 == 0 ? 400 : 12);
    run(random_items(n, i % 5 == 0 ? 0 : random() % 60), i % 3 == 0 ? 0 : random() % 80);
  }
}

TEST_F(PairLanes, EqualPacketsGoRoundAndOnlyTheLastOfEachLaneIsFinal) {
  run(std::vector<Item>(103, {1420}), 0);
  for (size_t i = 0; i < lane_of.size(); ++i) {
    EXPECT_EQ(lane_of[i], i % kLanes);
    EXPECT_EQ(final[i], i + kLanes >= lane_of.size());
  }
}

TEST_F(PairLanes, ALongPacketsLaneIsPassedOver) {
  std::vector<Item> items_of_run(1 + 3 * 100, {64});
  items_of_run[0].in_len = 100 * 64;
  run(items_of_run, 30);
  for (size_t i = 1; i < items_of_run.size(); ++i) EXPECT_NE(lane_of[i], lane_of[0]) << i;
}

TEST_F(PairLanes, BothOfAPairMayGoToOneLane) {
  std::vector<Item> items_of_run;
  for (int i = 0; i < 3; ++i) items_of_run.push_back({9216});
  for (int i = 0; i < 41; ++i) items_of_run.push_back({64});
  run(items_of_run, 0);
  for (size_t i = 3; i < items_of_run.size(); ++i) EXPECT_EQ(lane_of[i], 3u) << i;
}

// What all lanes share takes two descriptors a clock, whatever the packets' order of lengths does to the lanes.
TEST_F(PairLanes, TakeAPairAClock) {
  const size_t n = 4000;
  for (uint32_t length : {0u, 64u, 1420u}) {
    const uint64_t took = run(std::vector<Item>(n, {length}), 0);
    std::printf("%zu packets of %u bytes: %llu clocks\n", n, length, static_cast<unsigned long long>(took));
    EXPECT_LE(took, n / 2 + 20);
  }
  // IMIX: two of a pair go to one lane now and then, and take two clocks.
  std::vector<Item> imix(n);
  for (size_t i = 0; i < n; ++i) imix[i].in_len = i % 12 < 7 ? 40 : i % 12 < 11 ? 576 : 1500;
  const uint64_t took = run(imix, 0);
  std::printf("%zu packets of IMIX: %llu clocks\n", n, static_cast<unsigned long long>(took));
  uint64_t beats = 0;
  for (const Item& item : imix) beats += Expected::beats(item.in_len);
  EXPECT_LE(took, beats / kLanes) << "slower than the lanes";
}

}  // namespace
}  // namespace xesp::test
