// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_AH_H
#define XESP_ESP_AH_H

#include <array>
#include <cstdint>
#include <span>

#include "esp/header.h"
#include "esp/ip.h"
#include "xesp/sa.h"
#include "xesp_abi.h"

namespace xesp::esp {

// AH with AES-GMAC (RFC 4302 2, RFC 4543 4): next header 1, length 1, reserved 2, SPI 4, sequence number 4, IV 8,
// ICV 16.
constexpr size_t kAhNextHeader = 0;
constexpr size_t kAhLength = 1;
constexpr size_t kAhSpi = 4;  // from here to the ICV an AH is what an ESP header with its IV is
constexpr size_t kAhIv = kAhSpi + kEspIv;
constexpr size_t kAhIcv = kAhSpi + abi::kEspHeaderBytes;
constexpr size_t kMaxAhBytes = 40;

/// 36 bytes, and over IPv6, where it must be a multiple of 8, four more of padding (RFC 4543, erratum 3643).
size_t ah_bytes(bool v6);

/// An outbound packet's AH with an ICV of zeros, ah_bytes() long.
void write_ah(uint8_t* out, const SaConfig& sa, bool v6, uint64_t seq, uint8_t next_header);

/// Sets to zero what routers may change in an IP header with its options or extension headers (RFC 4302 3.3.3.1).
/// False, and then the header is half done, if that can't be told.
bool zero_mutable(std::span<uint8_t> header);

/// kDropIpOptions if zero_mutable() can't do this packet's header.
abi::DropReason check_ah_options(std::span<const uint8_t> packet, const IpHeader& ip);

/// What an inbound AH must be before its SA is known: options, room, length field, in this order.
abi::DropReason check_ah(std::span<const uint8_t> packet, const IpHeader& ip);

/// IP header and AH as the ICV covers them: mutable fields, IV and ICV are zeros, padding and reserved bits are as
/// they stand.
struct AhFront {
  std::array<uint8_t, abi::kMaxIpHeaderBytes + kMaxAhBytes> bytes{};
  size_t size = 0;
  operator std::span<const uint8_t>() const { return {bytes.data(), size}; }
};
/// Of a packet that check_ah_options() took, with AH behind `ip_bytes` of header.
AhFront ah_front(std::span<const uint8_t> packet, size_t ip_bytes);

/// What the ICV covers behind the payload: with ESN the high half of the number (RFC 4302 2.5.1), else nothing.
struct AhTail {
  std::array<uint8_t, 4> bytes{};
  size_t size = 0;
  operator std::span<const uint8_t>() const { return {bytes.data(), size}; }
};
AhTail ah_tail(const SaConfig& sa, uint64_t seq);

}  // namespace xesp::esp
#endif
