// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_FUZZ_INPUT_H
#define XESP_TESTS_FUZZ_INPUT_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

namespace xesp::fuzz {

/// Takes a fuzzer's input apart, from the front; what is not there reads as 0.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, size) {}

  uint8_t byte() {
    if (rest_.empty()) return 0;
    const uint8_t b = rest_.front();
    rest_ = rest_.subspan(1);
    return b;
  }
  uint16_t word() { return static_cast<uint16_t>(byte() << 8 | byte()); }
  /// At most `most` bytes.
  std::span<const uint8_t> bytes(size_t most) {
    const auto part = rest_.first(most < rest_.size() ? most : rest_.size());
    rest_ = rest_.subspan(part.size());
    return part;
  }
  std::span<const uint8_t> rest() { return bytes(rest_.size()); }
  bool empty() const { return rest_.empty(); }

 private:
  std::span<const uint8_t> rest_;
};

inline std::string_view text_of(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What must hold, whatever the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace xesp::fuzz
#endif
