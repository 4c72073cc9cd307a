// SPDX-License-Identifier: Apache-2.0
#include "engine/window_memory.h"

#include <string>

#include "xesp/error.h"

namespace xesp {

WindowMemory::WindowMemory() {
  for (uint32_t base = 0; base < abi::kWindowMemoryRows; base += 1u << abi::kMaxWindowRowBits)
    free_.back().insert(base);
}

uint32_t WindowMemory::take(unsigned bits) {
  unsigned from = bits;
  while (from <= abi::kMaxWindowRowBits && free_[from].empty()) ++from;
  if (from > abi::kMaxWindowRowBits)
    throw Error(ErrorCode::kUnavailable, "replay-window: the card's window memory is full (" +
                                             std::to_string(free_rows()) + " of " +
                                             std::to_string(abi::kWindowMemoryRows) +
                                             " rows are free, in smaller pieces): take a smaller window or delete SAs");
  const uint32_t base = *free_[from].begin();
  free_[from].erase(base);
  while (from > bits) free_[--from].insert(base + (1u << from));  // the upper halves stay
  return base;
}

void WindowMemory::give_back(uint32_t base, unsigned bits) {
  for (; bits < abi::kMaxWindowRowBits; ++bits) {
    const auto buddy = free_[bits].find(base ^ (1u << bits));
    if (buddy == free_[bits].end()) break;
    free_[bits].erase(buddy);
    base &= ~(1u << bits);
  }
  free_[bits].insert(base);
}

size_t WindowMemory::free_rows() const {
  size_t rows = 0;
  for (unsigned bits = 0; bits < free_.size(); ++bits) rows += free_[bits].size() << bits;
  return rows;
}

}  // namespace xesp
