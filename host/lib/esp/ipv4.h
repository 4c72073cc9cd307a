// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_IPV4_H
#define XESP_ESP_IPV4_H

#include <cstdint>
#include <span>

#include "xesp/address.h"
#include "xesp_abi.h"

namespace xesp::esp {

// Offsets in an IPv4 header (RFC 791 3.1).
constexpr size_t kIpTos = 1;
constexpr size_t kIpTotalLength = 2;
constexpr size_t kIpId = 4;
constexpr size_t kIpFragment = 6;
constexpr size_t kIpTtl = 8;
constexpr size_t kIpProtocol = 9;
constexpr size_t kIpChecksum = 10;
constexpr size_t kIpSource = 12;
constexpr size_t kIpDestination = 16;

constexpr uint16_t kIpDontFragment = 0x4000;
constexpr uint16_t kIpMoreOrOffset = 0x3fff;  // MF and the fragment offset

constexpr uint8_t kProtoIpv4 = 4;
constexpr uint8_t kProtoEsp = 50;
constexpr uint8_t kProtoNone = 59;  // in an ESP trailer: a dummy packet (RFC 4303 2.6)

/// Why the engines do not take this packet, or kOk: short, version, options, fragment, length, in this order. The
/// header checksum is the network interface's and the stack's business; the engines rewrite or drop it.
abi::DropReason check_ipv4(std::span<const uint8_t> packet);

/// The Internet checksum of a 20-byte header, its own field taken as 0.
uint16_t ipv4_checksum(const uint8_t* header);

/// Outer header of tunnel mode, protocol ESP. With DF an atomic datagram (RFC 6864: identification 0), without it one
/// with this identification.
void write_tunnel_header(uint8_t* out, const IpAddress& src, const IpAddress& dst, uint8_t tos, uint8_t ttl,
                         uint16_t total_length, bool df, uint16_t identification);

/// Another TOS in a header; its checksum is brought along, so a wrong one stays wrong (RFC 1624).
void change_tos(uint8_t* header, uint8_t tos);

/// Transport mode, both directions: the same header with another length and protocol.
void rewrite_header(uint8_t* out, const uint8_t* original, uint16_t total_length, uint8_t protocol);

}  // namespace xesp::esp
#endif
