// SPDX-License-Identifier: Apache-2.0
#include "esp/trailer.h"

#include <array>
#include <cstring>
#include <numeric>

namespace xesp::esp {

namespace {

// What padding is the beginning of (RFC 4303 2.4).
constexpr auto kPadding = [] {
  std::array<uint8_t, 255> bytes{};
  std::iota(bytes.begin(), bytes.end(), uint8_t{1});
  return bytes;
}();

}  // namespace

void write_padding(uint8_t* out, size_t bytes) {
  std::memcpy(out, kPadding.data(), bytes);
}

bool is_padding(const uint8_t* bytes, size_t count) {
  return std::memcmp(bytes, kPadding.data(), count) == 0;
}

}  // namespace xesp::esp
