// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_TRAILER_H
#define XESP_ESP_TRAILER_H

#include <cstddef>
#include <cstdint>
#include <span>

namespace xesp::esp {

/// What a payload with its trailer is a multiple of, at least (RFC 4303 2.4); a block cipher asks for more.
constexpr size_t kTextUnit = 4;

constexpr size_t kLengthAndNext = 2;

/// Pad bytes after a payload: the fewest that end the trailer on a boundary of `unit` bytes, a power of two.
constexpr size_t pad_bytes(size_t payload_bytes, size_t unit) {
  return (0 - (payload_bytes + kLengthAndNext)) & (unit - 1);
}

/// Padding, pad length and next header after a payload.
constexpr size_t trailer_bytes(size_t payload_bytes, size_t unit = kTextUnit) {
  return pad_bytes(payload_bytes, unit) + kLengthAndNext;
}

/// Writes them: pad bytes 1, 2, 3, ..., then their number, then the next header.
void write_trailer(uint8_t* out, size_t payload_bytes, uint8_t next_header, size_t unit = kTextUnit);

/// What a decrypted payload ends with.
struct Trailer {
  bool valid = false;  ///< pad length fits and the pad bytes count up from 1
  size_t payload_bytes = 0;
  uint8_t next_header = 0;
};

/// Reads the trailer of a decrypted, authenticated payload of 2 bytes or more.
Trailer read_trailer(std::span<const uint8_t> plain);

}  // namespace xesp::esp
#endif
