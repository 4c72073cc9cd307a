// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_HEADER_H
#define XESP_ESP_HEADER_H

#include <array>
#include <cstdint>
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

/// GCM nonce (RFC 4106 4): salt, then the IV of this ESP header.
std::array<uint8_t, kNonceBytes> nonce(std::span<const uint8_t> salt, const uint8_t* esp_header);

/// Additional authenticated data (RFC 4106 5): SPI and sequence number, whole with ESN.
struct Aad {
  std::array<uint8_t, 12> bytes{};
  size_t size = 8;
  std::span<const uint8_t> span() const { return {bytes.data(), size}; }
};
Aad aad(const uint8_t* esp_header, uint64_t seq, bool esn);

}  // namespace xesp::esp
#endif
