// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_BATCH_H
#define XESP_TESTS_BATCH_H

#include <cstdint>
#include <random>
#include <vector>

#include "shell_bench.h"

namespace xesp::test {

/// What the loopback path is told through Desc::reserved0; Desc::flags, which the shell sets, come back as `packets`.
constexpr uint8_t kOrderLie = 0x80;  ///< claim out_len = out_cap + 1
/// What the shell puts into in_len when an offset is not aligned.
constexpr uint32_t kRefusedLength = 0xffffffffu;

/// Descriptors with their inputs, and what must be in memory after the run.
class Batch {
 public:
  /// Buffers at random places of the 64-bit space, aligned to their port's beats.
  explicit Batch(std::mt19937_64& random);

  /// Adds a packet of `len` bytes of random text. `cap` is what the descriptor allows for the result. Where its end may
  /// stand in the descriptor (abi::tail_of), it does so every other time.
  abi::Desc& add(uint32_t len, uint32_t cap, uint8_t orders = 0);
  abi::Desc& add(uint32_t len) { return add(len, (len + 63) / 64 * 64); }
  /// Adds `count` descriptors of every kind that the shell treats differently.
  void add_random(unsigned count);

  /// Writes descriptors, inputs and a pattern over results and completions. Another descriptor stands behind the last.
  void place(sim::DeviceMemory& memory) const;
  /// GoogleTest expectations: every byte of results and completions, and the pattern everywhere else.
  void check(sim::DeviceMemory& memory) const;
  abi::Completion expected(size_t i) const;

  const Buffers& buffers() const { return buffers_; }
  uint32_t count() const { return static_cast<uint32_t>(descs_.size()); }
  uint64_t in_beats() const;
  uint64_t out_beats() const;

 private:
  struct Item {
    uint64_t out_space;          // bytes from out_off that belong to nobody else
    std::vector<uint8_t> input;  // whole beats: the packet and stale bytes behind it
  };

  std::mt19937_64& random_;
  Buffers buffers_;
  std::vector<abi::Desc> descs_;
  std::vector<Item> items_;
  uint64_t in_end_ = 0, out_end_ = 0;
};

}  // namespace xesp::test
#endif
