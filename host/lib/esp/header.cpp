// SPDX-License-Identifier: Apache-2.0
#include "esp/header.h"

#include <algorithm>

#include "esp/bytes.h"
#include "esp/hmac_suite.h"
#include "esp/trailer.h"

namespace xesp::esp {

size_t udp_bytes(const SaConfig& sa) {
  return sa.encap ? abi::kUdpHeaderBytes : 0;
}

size_t iv_bytes(const SaConfig& sa) {
  if (sa.cipher == Cipher::kAesCbc) return 16;
  return sa.implicit_iv || sa.cipher == Cipher::kNull ? 0 : 8;
}

size_t esp_bytes(const SaConfig& sa) {
  return kEspIv + iv_bytes(sa);
}

size_t text_unit(const SaConfig& sa) {
  return sa.cipher == Cipher::kAesCbc ? kCbcBlock : kTextUnit;
}

void write_udp_header(uint8_t* out, const UdpEncap& ports, size_t length) {
  store_be16(out, ports.src_port);
  store_be16(out + 2, ports.dst_port);
  store_be16(out + 4, static_cast<uint16_t>(length));
  store_be16(out + 6, 0);
}

void write_esp_header(uint8_t* out, const SaConfig& sa, uint64_t seq) {
  store_be32(out + kEspSpi, sa.spi);
  store_be32(out + kEspSeq, static_cast<uint32_t>(seq));
  if (!sa.has_hmac() && !sa.implicit_iv) store_be64(out + kEspIv, seq);
}

Aad aad(const SaConfig& sa, const uint8_t* esp_header, uint64_t seq) {
  Aad a;
  const auto add = [&a](const uint8_t* from, size_t count) {
    std::copy_n(from, count, a.bytes.begin() + static_cast<std::ptrdiff_t>(a.size));
    a.size += count;
  };
  add(esp_header + kEspSpi, 4);
  if (sa.esn) {
    uint8_t high[4];
    store_be32(high, static_cast<uint32_t>(seq >> 32));
    add(high, sizeof high);
  }
  add(esp_header + kEspSeq, 4);
  if (sa.auth_only) add(esp_header + kEspIv, 8);
  return a;
}

std::array<uint8_t, kNonceBytes> nonce(const SaConfig& sa, const uint8_t* esp_header, uint64_t seq) {
  std::array<uint8_t, kNonceBytes> n{};
  std::copy_n(sa.salt.bytes().begin(), 4, n.begin());
  if (sa.implicit_iv)
    store_be64(&n[4], seq);
  else
    std::copy_n(esp_header + kEspIv, 8, n.begin() + 4);
  return n;
}

}  // namespace xesp::esp
