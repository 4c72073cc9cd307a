// SPDX-License-Identifier: Apache-2.0
#include "esp/replay_window.h"

#include <algorithm>

namespace xesp::esp {

void ReplayWindow::forget(uint64_t first, uint64_t end) {
  if (end - first >= abi::kMaxReplayWindow - 1) return seen_.fill(0);
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
