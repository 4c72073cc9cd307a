// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_HEADER_H
#define XESP_ESP_HEADER_H

#include <array>
#include <cstdint>
#include <span>

#include "xesp/sa.h"
#include "xesp_abi.h"

namespace xesp::esp {

// SPI 4, sequence number 4, explicit IV 8 (RFC 4303 2, RFC 4106 3.1).
constexpr size_t kEspSpi = 0;
constexpr size_t kEspSeq = 4;
constexpr size_t kEspIv = 8;  // where it is sent: with RFC 8750 the payload begins here
constexpr size_t kNonceBytes = 12;

/// The most that an outbound packet has around its payload: headers with an IV of 16 bytes, a trailer to such a
/// boundary, and an ICV of 32.
constexpr size_t kFrameBytes = abi::kIpv6HeaderBytes + abi::kUdpHeaderBytes + 24 + 17 + 32;

/// UDP and ESP headers of an SA's packets, as bytes, and the IV that the latter ends with.
size_t udp_bytes(const SaConfig& sa);
size_t iv_bytes(const SaConfig& sa);
size_t esp_bytes(const SaConfig& sa);

/// What the text of an SA's packets, with its trailer, is a multiple of.
size_t text_unit(const SaConfig& sa);

/// UDP header around ESP (RFC 3948 2.1): checksum 0, over IPv6 too (RFC 6935). `length`: with the header.
void write_udp_header(uint8_t* out, const UdpEncap& ports, size_t length);

/// ESP header of an outbound packet, esp_bytes() long. The IV of an AEAD is the 64-bit sequence number, which never
/// repeats under one key; another one is left to the cipher.
void write_esp_header(uint8_t* out, const SaConfig& sa, uint64_t seq);

/// GCM nonce (RFC 4106 4): salt, then the IV of this ESP header, or the sequence number (RFC 8750 4).
std::array<uint8_t, kNonceBytes> nonce(const SaConfig& sa, const uint8_t* esp_header, uint64_t seq);

/// What an ESP packet authenticates in front of its text.
struct Aad {
  std::array<uint8_t, 20> bytes{};
  size_t size = 0;
  operator std::span<const uint8_t>() const { return {bytes.data(), size}; }
};
/// SPI and sequence number of this ESP header, all 64 bits of it with ESN (RFC 4106 5), and with AES-GMAC its IV
/// (RFC 4543 3.3).
Aad aad(const SaConfig& sa, const uint8_t* esp_header, uint64_t seq);

}  // namespace xesp::esp
#endif
