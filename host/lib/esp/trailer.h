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

/// Padding of any length: 1, 2, 3, ..., up to 255 bytes.
void write_padding(uint8_t* out, size_t bytes);
bool is_padding(const uint8_t* bytes, size_t count);

/// Writes a trailer of so many bytes: padding, its length, the next header. Up to three pad bytes, which is what nearly
/// all packets have, take less than a call would.
inline void write_trailer(uint8_t* out, size_t bytes, uint8_t next_header) {
  const size_t pad = bytes - kLengthAndNext;
  if (pad >= kTextUnit) {
    write_padding(out, pad);
  } else {
    if (pad > 0) out[0] = 1;
    if (pad > 1) out[1] = 2;
    if (pad > 2) out[2] = 3;
  }
  out[pad] = static_cast<uint8_t>(pad);
  out[pad + 1] = next_header;
}

/// What a decrypted payload ends with.
struct Trailer {
  bool valid = false;  ///< pad length fits and the pad bytes count up from 1
  size_t payload_bytes = 0;
  uint8_t next_header = 0;
};

/// Reads the trailer of a decrypted, authenticated payload of 2 bytes or more.
inline Trailer read_trailer(std::span<const uint8_t> plain) {
  Trailer t;
  const size_t pad = plain[plain.size() - 2];
  t.next_header = plain[plain.size() - 1];
  if (pad + kLengthAndNext > plain.size()) return t;
  t.payload_bytes = plain.size() - kLengthAndNext - pad;
  const uint8_t* const padding = plain.data() + t.payload_bytes;
  t.valid = pad < kTextUnit
                ? (pad < 1 || padding[0] == 1) && (pad < 2 || padding[1] == 2) && (pad < 3 || padding[2] == 3)
                : is_padding(padding, pad);
  return t;
}

}  // namespace xesp::esp
#endif
