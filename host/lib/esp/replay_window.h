// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_REPLAY_WINDOW_H
#define XESP_ESP_REPLAY_WINDOW_H

#include <bitset>
#include <cstdint>

#include "xesp_abi.h"

namespace xesp::esp {

/// The receive window of RFC 4303 3.4.3, written as the text there reads (a bit for each number, moved as the right
/// edge moves); deliberately not the card's ring of words, so that one can test the other.
class ReplayWindow {
 public:
  /// Of `size` numbers, up to abi::kMaxReplayWindow. `highest` is the highest number accepted before; that one and all
  /// below it count as seen.
  explicit ReplayWindow(unsigned size = abi::kReplayWindow, uint64_t highest = 0) : size_(size), top_(highest) {
    seen_.set();
  }

  /// kOk, kDropReplayOld (0, or left of the window) or kDropReplay (seen). Changes nothing.
  abi::DropReason check(uint64_t seq) const;

  /// Notes an authenticated packet that check() took.
  void accept(uint64_t seq);

  /// For an SA without replay check: keeps only the highest number.
  void note_highest(uint64_t seq);

  uint64_t highest() const { return top_; }

 private:
  uint64_t size_;
  uint64_t top_;
  std::bitset<abi::kMaxReplayWindow> seen_;  // bit i: top_ - i
};

}  // namespace xesp::esp
#endif
