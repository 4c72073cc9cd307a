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

std::array<uint8_t, kNonceBytes> nonce(std::span<const uint8_t> salt, const uint8_t* esp_header) {
  std::array<uint8_t, kNonceBytes> n{};
  std::copy_n(salt.begin(), 4, n.begin());
  std::copy_n(esp_header + kEspIv, 8, n.begin() + 4);
  return n;
}

Aad aad(const uint8_t* esp_header, uint64_t seq, bool esn) {
  Aad a;
  a.size = esn ? 12 : 8;
  std::copy_n(esp_header + kEspSpi, 4, a.bytes.begin());
  if (esn)
    store_be64(a.bytes.data() + 4, seq);
  else
    store_be32(a.bytes.data() + 4, static_cast<uint32_t>(seq));
  return a;
}

}  // namespace xesp::esp
