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

// Up to three bytes, which is what nearly all packets have, by themselves: a call or a vector would take longer than
// they do.
constexpr size_t kFew = 4;

}  // namespace

void write_trailer(uint8_t* out, size_t payload_bytes, uint8_t next_header, size_t unit) {
  const size_t pad = pad_bytes(payload_bytes, unit);
  if (pad < kFew) {
    if (pad > 0) out[0] = 1;
    if (pad > 1) out[1] = 2;
    if (pad > 2) out[2] = 3;
  } else {
    std::memcpy(out, kPadding.data(), pad);
  }
  out[pad] = static_cast<uint8_t>(pad);
  out[pad + 1] = next_header;
}

Trailer read_trailer(std::span<const uint8_t> plain) {
  Trailer t;
  const size_t pad = plain[plain.size() - 2];
  t.next_header = plain[plain.size() - 1];
  if (pad + kLengthAndNext > plain.size()) return t;
  t.payload_bytes = plain.size() - kLengthAndNext - pad;
  const uint8_t* const padding = &plain[t.payload_bytes];
  if (pad < kFew)
    t.valid = (pad < 1 || padding[0] == 1) && (pad < 2 || padding[1] == 2) && (pad < 3 || padding[2] == 3);
  else
    t.valid = std::memcmp(padding, kPadding.data(), pad) == 0;
  return t;
}

}  // namespace xesp::esp
