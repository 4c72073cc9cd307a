// SPDX-License-Identifier: Apache-2.0
#include "esp/replay_window.h"

#include <algorithm>

namespace xesp::esp {

abi::DropReason ReplayWindow::check(uint64_t seq) const {
  if (seq == 0) return abi::kDropReplayOld;
  if (seq > top_) return abi::kOk;
  const uint64_t behind = top_ - seq;
  if (behind >= size_) return abi::kDropReplayOld;
  return seen_[seq % abi::kMaxReplayWindow / kWordBits] & bit_of(seq) ? abi::kDropReplay : abi::kOk;
}

void ReplayWindow::accept(uint64_t seq) {
  if (seq > top_) {
    if (seq - top_ >= abi::kMaxReplayWindow)
      seen_.fill(0);
    else
      forget(top_ + 1, seq);
    top_ = seq;
  }
  word_of(seq) |= bit_of(seq);
}

// The numbers from `first` up to, not with, `end`, less than a ring of them.
void ReplayWindow::forget(uint64_t first, uint64_t end) {
  while (first < end) {
    const uint64_t next = first + std::min(end - first, kWordBits - first % kWordBits);
    const uint64_t last = bit_of(next - 1);
    word_of(first) &= ~((last | (last - 1)) & ~(bit_of(first) - 1));
    first = next;
  }
}

void ReplayWindow::note_highest(uint64_t seq) {
  top_ = std::max(top_, seq);
}

}  // namespace xesp::esp
