// SPDX-License-Identifier: Apache-2.0
// The rows of the card's window memory, dealt out: blocks lie apart, at multiples of their size, and come back whole.
#include "engine/window_memory.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "xesp/error.h"

namespace xesp {
namespace {

TEST(WindowMemory, HoldsTheDefaultWindowForEverySaAndTheLargestBeside) {
  WindowMemory memory;
  for (unsigned i = 0; i < abi::kSaCapacity; ++i) memory.take(abi::window_row_bits(abi::kReplayWindow));
  const size_t beside = memory.free_rows() >> abi::kMaxWindowRowBits;
  EXPECT_GE(beside, abi::kSaCapacity / 32) << "one SA in 32 may have the largest";
  for (size_t i = 0; i < beside; ++i) memory.take(abi::window_row_bits(abi::kMaxReplayWindow));
  EXPECT_EQ(memory.free_rows(), 0u);
}

TEST(WindowMemory, SaysThatItIsFullAndHowToGoOn) {
  WindowMemory memory;
  std::vector<uint32_t> largest;
  for (unsigned i = 0; i < abi::kWindowMemoryRows >> abi::kMaxWindowRowBits; ++i)
    largest.push_back(memory.take(abi::kMaxWindowRowBits));
  memory.give_back(largest.back(), abi::kMaxWindowRowBits);
  const uint32_t one = memory.take(0);  // NOLINT(clang-analyzer-deadcode.DeadStores): it is read below the catch
  try {
    memory.take(abi::kMaxWindowRowBits);
    FAIL() << "taken";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kUnavailable);
    EXPECT_NE(std::string(e.what()).find("63 of " + std::to_string(abi::kWindowMemoryRows) + " rows are free"),
              std::string::npos)
        << e.what();
    EXPECT_NE(std::string(e.what()).find("smaller window"), std::string::npos) << e.what();
  }
  EXPECT_EQ(memory.free_rows(), 63u) << "a refusal takes nothing";
  memory.give_back(one, 0);
  EXPECT_EQ(memory.take(abi::kMaxWindowRowBits), largest.back()) << "the pieces come together again";
}

TEST(WindowMemory, RandomBlocksNeverOverlap) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  WindowMemory memory;
  struct Block {
    uint32_t base;
    unsigned bits;
  };
  std::vector<Block> blocks, staying;
  std::vector<bool> used(abi::kWindowMemoryRows);
  size_t free = used.size(), refused = 0;
  const auto mark = [&](const Block& b, bool now) {
    for (uint32_t row = b.base; row < b.base + (1u << b.bits); ++row) {
      ASSERT_NE(used.at(row), now) << "row " << row;
      used[row] = now;
    }
  };
  // Most of it is taken, so that it is full now and then however large it is.
  while (free > 4096) {
    staying.push_back({memory.take(abi::kMaxWindowRowBits), abi::kMaxWindowRowBits});
    mark(staying.back(), true);
    free -= size_t{1} << abi::kMaxWindowRowBits;
  }
  for (int i = 0; i < 20000; ++i) {
    if (random() % 100 < 55) {
      Block b{0, static_cast<unsigned>(random() % (abi::kMaxWindowRowBits + 1))};
      try {
        b.base = memory.take(b.bits);
      } catch (const Error&) {
        ++refused;
        // Refused only if no whole block at a multiple of its size is free.
        for (uint32_t base = 0; base < used.size(); base += 1u << b.bits) {
          bool any = false;
          for (uint32_t row = base; row < base + (1u << b.bits); ++row) any = any || used[row];
          ASSERT_TRUE(any) << "rows from " << base << " are free";
        }
        continue;
      }
      ASSERT_EQ(b.base % (1u << b.bits), 0u);
      mark(b, true);
      blocks.push_back(b);
      free -= size_t{1} << b.bits;
    } else if (!blocks.empty()) {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      memory.give_back(blocks.back().base, blocks.back().bits);
      mark(blocks.back(), false);
      free += size_t{1} << blocks.back().bits;
      blocks.pop_back();
    }
    ASSERT_EQ(memory.free_rows(), free);
  }
  EXPECT_GT(refused, 0u);
  for (const Block& b : blocks) memory.give_back(b.base, b.bits);
  for (const Block& b : staying) memory.give_back(b.base, b.bits);
  for (unsigned i = 0; i < abi::kWindowMemoryRows >> abi::kMaxWindowRowBits; ++i) memory.take(abi::kMaxWindowRowBits);
}

TEST(WindowMemory, RowsOfAWindow) {
  // By the definition: rows for every block that a window of this size can reach into.
  for (unsigned window = 1; window <= abi::kMaxReplayWindow; ++window) {
    unsigned most = 0;
    for (unsigned first = 0; first < 128; ++first) most = std::max(most, (first + window - 1) / 128 + 1);
    const unsigned bits = abi::window_row_bits(window);
    EXPECT_GE(1u << bits, most) << window;
    EXPECT_TRUE(bits == 0 || 1u << (bits - 1) < most) << window;
  }
}

}  // namespace
}  // namespace xesp
