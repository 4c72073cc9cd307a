// SPDX-License-Identifier: Apache-2.0
#include "esp/header.h"

#include <algorithm>

#include "esp/bytes.h"

namespace xesp::esp {

void write_esp_header(uint8_t* out, uint32_t spi, uint64_t seq) {
  store_be32(out + kEspSpi, spi);
  store_be32(out + kEspSeq, static_cast<uint32_t>(seq));
  store_be64(out + kEspIv, seq);
}

Aad aad(const uint8_t* esp_header, bool gmac, std::optional<uint32_t> high) {
  Aad a;
  const auto add = [&a](const uint8_t* from, size_t count) {
    std::copy_n(from, count, a.bytes.begin() + static_cast<std::ptrdiff_t>(a.size));
    a.size += count;
  };
  add(esp_header + kEspSpi, 4);
  if (high) {
    uint8_t number[4];
    store_be32(number, *high);
    add(number, sizeof number);
  }
  add(esp_header + kEspSeq, 4);
  if (gmac) add(esp_header + kEspIv, 8);
  return a;
}

std::array<uint8_t, kNonceBytes> nonce(std::span<const uint8_t> salt, const uint8_t* esp_header) {
  std::array<uint8_t, kNonceBytes> n{};
  std::copy_n(salt.begin(), 4, n.begin());
  std::copy_n(esp_header + kEspIv, 8, n.begin() + 4);
  return n;
}

}  // namespace xesp::esp
