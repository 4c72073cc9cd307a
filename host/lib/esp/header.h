// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_HEADER_H
#define XESP_ESP_HEADER_H

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "esp/bytes.h"
#include "esp/hmac_suite.h"
#include "esp/trailer.h"
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
inline size_t udp_bytes(const SaConfig& sa) {
  return sa.encap ? abi::kUdpHeaderBytes : 0;
}
inline size_t iv_bytes(const SaConfig& sa) {
  if (sa.cipher == Cipher::kAesCbc) return 16;
  return sa.implicit_iv || sa.cipher == Cipher::kNull ? 0 : 8;
}
inline size_t esp_bytes(const SaConfig& sa) {
  return kEspIv + iv_bytes(sa);
}

/// What the text of an SA's packets, with its trailer, is a multiple of.
inline size_t text_unit(const SaConfig& sa) {
  return sa.cipher == Cipher::kAesCbc ? kCbcBlock : kTextUnit;
}

/// UDP header around ESP (RFC 3948 2.1): checksum 0, over IPv6 too (RFC 6935). `length`: with the header.
void write_udp_header(uint8_t* out, const UdpEncap& ports, size_t length);

/// ESP header of an outbound packet, esp_bytes() long. The IV of an AEAD is the 64-bit sequence number, which never
/// repeats under one key; another one is left to the cipher.
inline void write_esp_header(uint8_t* out, const SaConfig& sa, uint64_t seq) {
  store_be32(out + kEspSpi, sa.spi);
  store_be32(out + kEspSeq, static_cast<uint32_t>(seq));
  if (!sa.has_hmac() && !sa.implicit_iv) store_be64(out + kEspIv, seq);
}

/// GCM nonce (RFC 4106 4): salt, then the IV.
struct Nonce {
  alignas(16) std::array<uint8_t, 16> bytes;  // what follows the nonce is not read
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written below, on every packet's way.
  Nonce(const Secret& salt, uint64_t iv) {
    store_whole(bytes.data(), load_raw32(salt.bytes().data()) | iv << 32, iv >> 32);
  }
  operator std::span<const uint8_t>() const { return {bytes.data(), kNonceBytes}; }
};

/// Of a packet to be sent, whose IV, sent or not (RFC 8750 4), is write_esp_header()'s.
inline Nonce nonce_to_send(const SaConfig& sa, uint64_t seq) {
  return {sa.salt, __builtin_bswap64(seq)};
}
/// Of a packet with this ESP header: the IV there, or the sequence number (RFC 8750 4).
inline Nonce nonce_received(const SaConfig& sa, const uint8_t* esp_header, uint64_t seq) {
  return {sa.salt, sa.implicit_iv ? __builtin_bswap64(seq) : load_raw64(esp_header + kEspIv)};
}

/// What an ESP packet authenticates in front of its text: SPI and sequence number, all 64 bits of it with ESN (RFC 4106
/// 5), and with AES-GMAC its IV (RFC 4543 3.3).
struct Aad {
  alignas(16) std::array<uint8_t, 32> bytes;
  size_t size;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written below as far as it is read, on every packet's way.
  Aad(const SaConfig& sa, const uint8_t* esp_header, uint64_t seq) : size(sa.esn ? 12 : 8) {
    const uint64_t spi = __builtin_bswap32(sa.spi), numbers = __builtin_bswap64(sa.esn ? seq : seq << 32);
    store_whole(bytes.data(), spi | numbers << 32, numbers >> 32);
    if (!sa.auth_only) return;
    std::memcpy(bytes.data() + size, esp_header + kEspIv, 8);
    size += 8;
  }
  operator std::span<const uint8_t>() const { return {bytes.data(), size}; }
};

}  // namespace xesp::esp
#endif
