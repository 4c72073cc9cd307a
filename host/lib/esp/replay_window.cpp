// SPDX-License-Identifier: Apache-2.0
#include "esp/replay_window.h"

#include <algorithm>

namespace xesp::esp {

abi::DropReason ReplayWindow::check(uint64_t seq) const {
  if (seq == 0) return abi::kDropReplayOld;
  if (seq > top_) return abi::kOk;
  const uint64_t behind = top_ - seq;
  if (behind >= size_) return abi::kDropReplayOld;
  return seen_[behind] ? abi::kDropReplay : abi::kOk;
}

void ReplayWindow::accept(uint64_t seq) {
  if (seq > top_) {
    const uint64_t step = seq - top_;
    if (step >= seen_.size())
      seen_.reset();
    else
      seen_ <<= step;
    top_ = seq;
  }
  seen_.set(top_ - seq);
}

void ReplayWindow::note_highest(uint64_t seq) {
  top_ = std::max(top_, seq);
}

}  // namespace xesp::esp
