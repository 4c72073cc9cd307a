// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_TRAILER_H
#define XESP_ESP_TRAILER_H

#include <cstddef>
#include <cstdint>
#include <span>

namespace xesp::esp {

/// What a payload with its trailer is a multiple of, at least (RFC 4303 2.4); a block cipher asks for more.
constexpr size_t kTextUnit = 4;

/// Padding, pad length and next header after a payload: the least that ends on a boundary of `unit` bytes.
size_t trailer_bytes(size_t payload_bytes, size_t unit = kTextUnit);

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
