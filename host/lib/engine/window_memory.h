// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_WINDOW_MEMORY_H
#define XESP_ENGINE_WINDOW_MEMORY_H

#include <array>
#include <cstdint>
#include <set>

#include "xesp_abi.h"

namespace xesp {

/// Deals out the rows of the card's window memory in blocks of 2^bits rows, each at a multiple of its size: a buddy
/// allocator. Not thread safe.
class WindowMemory {
 public:
  WindowMemory();

  /// First of 2^bits rows. @throws Error(kUnavailable) when no such block is left
  uint32_t take(unsigned bits);
  /// A block as take() gave it.
  void give_back(uint32_t base, unsigned bits);
  size_t free_rows() const;

 private:
  std::array<std::set<uint32_t>, abi::kMaxWindowRowBits + 1> free_;  // by bits; lowest address first
};

}  // namespace xesp
#endif
