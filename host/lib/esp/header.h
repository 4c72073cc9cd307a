// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_HEADER_H
#define XESP_ESP_HEADER_H

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "xesp_abi.h"

namespace xesp::esp {

// SPI 4, sequence number 4, explicit IV 8 (RFC 4303 2, RFC 4106 3.1).
constexpr size_t kEspSpi = 0;
constexpr size_t kEspSeq = 4;
constexpr size_t kEspIv = 8;
constexpr size_t kNonceBytes = 12;

/// In front of an ESP packet's payload: IP header, ESP header.
constexpr size_t kHeadBytes = abi::kIpv4HeaderBytes + abi::kEspHeaderBytes;
/// The most that an ESP packet has around its payload and trailer: headers and ICV.
constexpr size_t kFrameBytes = kHeadBytes + abi::kIcvBytes;

/// ESP header of an outbound packet. The IV is the 64-bit sequence number, which never repeats under one key.
void write_esp_header(uint8_t* out, uint32_t spi, uint64_t seq);

/// What an ESP packet authenticates in front of its text.
struct Aad {
  std::array<uint8_t, 20> bytes{};
  size_t size = 0;
  operator std::span<const uint8_t>() const { return {bytes.data(), size}; }
};
/// SPI and sequence number of this ESP header (RFC 4106 5), and with AES-GMAC its IV (RFC 4543 3.3). `high` is the half of
/// an extended sequence number that is not sent.
Aad aad(const uint8_t* esp_header, bool gmac, std::optional<uint32_t> high = std::nullopt);

/// GCM nonce (RFC 4106 4): salt, then the IV of this ESP header.
std::array<uint8_t, kNonceBytes> nonce(std::span<const uint8_t> salt, const uint8_t* esp_header);

}  // namespace xesp::esp
#endif
