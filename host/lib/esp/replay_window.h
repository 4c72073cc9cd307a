// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_REPLAY_WINDOW_H
#define XESP_ESP_REPLAY_WINDOW_H

#include <array>
#include <bit>
#include <cstdint>

#include "xesp_abi.h"

namespace xesp::esp {

/// The receive window of RFC 4303 3.4.3: a ring with a bit for each number, in which a jump ahead clears the numbers
/// that it passes over; deliberately not the card's rows with tags, which clear nothing, so that one can test the
/// other.
class ReplayWindow {
 public:
  /// Of `size` numbers, up to abi::kMaxReplayWindow. `highest` is the highest number accepted before; that one and all
  /// below it count as seen.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below
  explicit ReplayWindow(unsigned size = abi::kReplayWindow, uint64_t highest = 0) : size_(size), top_(highest) {
    seen_.fill(~uint64_t{0});
  }

  /// kOk, kDropReplayOld (0, or left of the window) or kDropReplay (seen). Changes nothing.
  abi::DropReason check(uint64_t seq) const {
    if (seq == 0) return abi::kDropReplayOld;
    if (seq > top_) return abi::kOk;
    const uint64_t behind = top_ - seq;
    if (behind >= size_) return abi::kDropReplayOld;
    return seen_[seq % abi::kMaxReplayWindow / kWordBits] & bit_of(seq) ? abi::kDropReplay : abi::kOk;
  }

  /// Notes an authenticated packet that check() took.
  void accept(uint64_t seq) {
    if (seq > top_) {
      if (seq != top_ + 1) forget(top_ + 1, seq);
      top_ = seq;
    }
    word_of(seq) |= bit_of(seq);
  }

  /// For an SA without replay check: keeps only the highest number.
  void note_highest(uint64_t seq);

  uint64_t highest() const { return top_; }

 private:
  static constexpr unsigned kWordBits = 64;
  static_assert(abi::kMaxReplayWindow % kWordBits == 0 && std::has_single_bit(unsigned{abi::kMaxReplayWindow}));

  uint64_t& word_of(uint64_t seq) { return seen_[seq % abi::kMaxReplayWindow / kWordBits]; }
  static uint64_t bit_of(uint64_t seq) { return uint64_t{1} << seq % kWordBits; }
  void forget(uint64_t first, uint64_t end);  // from `first` up to, not with, `end`

  uint64_t size_;
  uint64_t top_;
  std::array<uint64_t, abi::kMaxReplayWindow / kWordBits>
      seen_;  // of the last numbers up to top_, in the order mod all
};

}  // namespace xesp::esp
#endif
