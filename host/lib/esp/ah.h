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

// AH (RFC 4302 2): next header 1, length 1, reserved 2, SPI 4, sequence number 4, ICV. AES-GMAC has an IV of 8 in front
// of its 16 (RFC 4543 4), an HMAC has none and 16, 24 or 32 (RFC 4868 2.3).
constexpr size_t kAhNextHeader = 0;
constexpr size_t kAhLength = 1;
constexpr size_t kAhSpi = 4;  // from here to the ICV an AH is what an ESP header with its IV is
constexpr size_t kAhIv = kAhSpi + kEspIv;
constexpr size_t kMaxAhBytes = 48;

/// What an SA's AH looks like.
struct AhShape {
  size_t icv_at = 0;     ///< behind an IV, if there is one
  size_t icv_bytes = 0;  ///< from there
  size_t bytes = 0;      ///< a multiple of 4, and over IPv6 of 8, by padding behind the ICV (RFC 4302 3.3.3.2.1)
};
AhShape ah_shape(const SaConfig& sa, bool v6);

/// An outbound packet's AH with an ICV of zeros.
void write_ah(uint8_t* out, const SaConfig& sa, bool v6, uint64_t seq, uint8_t next_header);

/// Sets to zero what routers may change in an IP header with its options or extension headers (RFC 4302 3.3.3.1).
/// False, and then the header is half done, if that can't be told.
bool zero_mutable(std::span<uint8_t> header);

/// kDropIpOptions if zero_mutable() can't do this packet's header.
abi::DropReason check_ah_options(std::span<const uint8_t> packet, const IpHeader& ip);

/// What an inbound AH must be before its SA is known: options, and room for the shortest that there is.
abi::DropReason check_ah(std::span<const uint8_t> packet, const IpHeader& ip);

/// Whether it is as long as its SA's: room, length field, in this order.
abi::DropReason check_ah_shape(std::span<const uint8_t> packet, const IpHeader& ip, const AhShape& shape);

/// The same for AES-GMAC, which the card looks at before it looks for an SA.
abi::DropReason check_gmac_shape(std::span<const uint8_t> packet, const IpHeader& ip);

/// IP header and AH as the ICV covers them: mutable fields, IV and ICV are zeros, padding and reserved bits are as
/// they stand.
struct AhFront {
  std::array<uint8_t, abi::kMaxIpHeaderBytes + kMaxAhBytes> bytes{};
  size_t size = 0;
  operator std::span<const uint8_t>() const { return {bytes.data(), size}; }
};
/// Of a packet that check_ah_options() took, with AH behind `ip_bytes` of header.
AhFront ah_front(std::span<const uint8_t> packet, size_t ip_bytes, const AhShape& shape);

/// What the ICV covers behind the payload: with ESN the high half of the number (RFC 4302 2.5.1), else nothing.
struct AhTail {
  std::array<uint8_t, 4> bytes{};
  size_t size = 0;
  operator std::span<const uint8_t>() const { return {bytes.data(), size}; }
};
AhTail ah_tail(const SaConfig& sa, uint64_t seq);

}  // namespace xesp::esp
#endif
