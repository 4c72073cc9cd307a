// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_ESN_H
#define XESP_ESP_ESN_H

#include <cstdint>

namespace xesp::esp {

/// The number that a packet's low half stands for (RFC 4303 A2.2), by the two cases of the text: the window of `window`
/// numbers up to `highest` lies in one subspace of 2^32 numbers or reaches into the one before. Before the first wrap
/// there is none before: then the high half is 0.
inline uint64_t whole_number(uint32_t low, uint64_t highest, uint32_t window) {
  const uint32_t top_low = static_cast<uint32_t>(highest);
  const uint32_t behind = window == 0 ? 0 : window - 1;
  const uint32_t bottom = top_low - behind;
  uint32_t high = static_cast<uint32_t>(highest >> 32);
  if (top_low >= behind) {
    if (low < bottom) ++high;
  } else if (low >= bottom && high != 0) {
    --high;
  }
  return uint64_t{high} << 32 | low;
}

}  // namespace xesp::esp
#endif
