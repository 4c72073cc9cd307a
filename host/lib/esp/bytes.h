// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_BYTES_H
#define XESP_ESP_BYTES_H

#include <bit>
#include <cstdint>
#include <cstring>

namespace xesp::esp {

static_assert(std::endian::native == std::endian::little, "integers are put together from the low byte up");

// Integers in network byte order at any alignment.
inline uint16_t load_be16(const uint8_t* p) {
  return static_cast<uint16_t>(p[0] << 8 | p[1]);
}
inline uint32_t load_be32(const uint8_t* p) {
  uint32_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap32(v);
}

inline void store_be16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
inline void store_be32(uint8_t* p, uint32_t v) {
  v = __builtin_bswap32(v);
  std::memcpy(p, &v, sizeof v);
}
inline void store_be64(uint8_t* p, uint64_t v) {
  v = __builtin_bswap64(v);
  std::memcpy(p, &v, sizeof v);
}

// Bytes as they stand.
inline uint32_t load_raw32(const uint8_t* p) {
  uint32_t v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline uint64_t load_raw64(const uint8_t* p) {
  uint64_t v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

/// Writes 16 bytes, given as they shall stand in memory, by one store: who reads them at once with one wide load, as
/// ciphers do, need not wait until stores of parts are through to the cache.
inline void store_whole(uint8_t* p, uint64_t first, uint64_t second) {
  using Wide [[gnu::vector_size(16)]] = uint64_t;
  Wide whole = {first, second};
#ifdef __x86_64__
  asm("" : "+x"(whole));  // else compilers store the halves where that is an instruction less
#endif
  std::memcpy(p, &whole, sizeof whole);
}

}  // namespace xesp::esp
#endif
