// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_CHECKSUM_H
#define XESP_DAEMON_DATAPLANE_CHECKSUM_H

#include <cstdint>
#include <span>

#include "esp/bytes.h"

namespace xesp::dataplane {

using esp::load_be16;
using esp::load_be32;
using esp::store_be32;
/// A length, of at most 16 bits.
inline void store_be16(uint8_t* p, size_t v) {
  esp::store_be16(p, static_cast<uint16_t>(v));
}

/// The Internet checksum (RFC 1071) of what was added, in host order.
class Checksum {
 public:
  /// An odd number of bytes only in the last call.
  Checksum& add(std::span<const uint8_t> bytes) {
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) sum_ += load_be16(&bytes[i]);
    if (bytes.size() % 2) sum_ += static_cast<uint32_t>(bytes.back() << 8);
    return *this;
  }
  Checksum& add(uint32_t value) {
    sum_ += value;
    return *this;
  }
  uint16_t value() const {
    uint64_t s = sum_;
    while (s >> 16) s = (s & 0xffff) + (s >> 16);
    return static_cast<uint16_t>(~s);
  }

 private:
  uint64_t sum_ = 0;
};

/// A checksum after one 16-bit word of what it covers has changed (RFC 1624, equation 3).
inline uint16_t changed_checksum(uint16_t checksum, uint16_t before, uint16_t after) {
  return Checksum().add(static_cast<uint16_t>(~checksum)).add(static_cast<uint16_t>(~before)).add(after).value();
}

}  // namespace xesp::dataplane
#endif
