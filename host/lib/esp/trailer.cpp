// SPDX-License-Identifier: Apache-2.0
#include "esp/trailer.h"

namespace xesp::esp {

void write_trailer(uint8_t* out, size_t payload_bytes, uint8_t next_header, size_t unit) {
  const size_t pad = pad_bytes(payload_bytes, unit);
  for (size_t i = 0; i < pad; ++i) out[i] = static_cast<uint8_t>(i + 1);
  out[pad] = static_cast<uint8_t>(pad);
  out[pad + 1] = next_header;
}

Trailer read_trailer(std::span<const uint8_t> plain) {
  Trailer t;
  const size_t pad = plain[plain.size() - 2];
  t.next_header = plain[plain.size() - 1];
  if (pad + kLengthAndNext > plain.size()) return t;
  t.payload_bytes = plain.size() - kLengthAndNext - pad;
  for (size_t i = 0; i < pad; ++i)
    if (plain[t.payload_bytes + i] != i + 1) return t;
  t.valid = true;
  return t;
}

}  // namespace xesp::esp
