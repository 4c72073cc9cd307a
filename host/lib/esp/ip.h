// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_IP_H
#define XESP_ESP_IP_H

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "esp/bytes.h"
#include "xesp/sa.h"
#include "xesp_abi.h"

namespace xesp::esp {

// Offsets in an IPv4 header (RFC 791 3.1) ...
constexpr size_t kIpTos = 1;
constexpr size_t kIpTotalLength = 2;
constexpr size_t kIpId = 4;
constexpr size_t kIpFragment = 6;
constexpr size_t kIpTtl = 8;
constexpr size_t kIpProtocol = 9;
constexpr size_t kIpChecksum = 10;
constexpr size_t kIpSource = 12;
constexpr size_t kIpDestination = 16;
// ... and in an IPv6 header (RFC 8200 3).
constexpr size_t kIp6PayloadLength = 4;
constexpr size_t kIp6NextHeader = 6;
constexpr size_t kIp6HopLimit = 7;
constexpr size_t kIp6Source = 8;
constexpr size_t kIp6Destination = 24;

constexpr uint16_t kIpDontFragment = 0x4000;
constexpr uint16_t kIpMoreOrOffset = 0x3fff;  // MF and the fragment offset

constexpr uint8_t kProtoHopByHop = 0;
constexpr uint8_t kProtoIpv4 = 4;
constexpr uint8_t kProtoUdp = 17;
constexpr uint8_t kProtoIpv6 = 41;
constexpr uint8_t kProtoRouting = 43;
constexpr uint8_t kProtoFragment = 44;
using xesp::kProtoAh;
using xesp::kProtoEsp;
constexpr uint8_t kProtoNone = 59;  // in an ESP trailer: a dummy packet (RFC 4303 2.6)
constexpr uint8_t kProtoOptions = 60;

/// What a packet begins with, as far as the engines look at it.
struct IpHeader {
  bool v6 = false;
  size_t bytes = 0;                   ///< with options, or the extension headers that stand before ESP
  uint8_t protocol = 0;               ///< what follows them
  size_t protocol_at = 0;             ///< the byte that says so
  abi::DropReason status = abi::kOk;  ///< why it is no packet at all: short, version, length, in this order
  abi::DropReason reach =
      abi::kOk;  ///< why what follows can't be taken alone: a fragment, headers beyond the card's reach
};

/// Reads a packet's header. Hop-by-hop, routing and destination options count as before ESP, but for destination
/// options behind a routing header of an outbound packet: they are for the last destination and go inside (RFC
/// 4303 3.1.1). An IPv4 checksum is the network interface's and the stack's business.
inline IpHeader read_ip_header(std::span<const uint8_t> packet, Direction direction);

/// TOS or traffic class of a packet whose header was read.
inline uint8_t tos_of(const uint8_t* packet) {
  return packet[0] >> 4 == 6 ? static_cast<uint8_t>(load_be16(packet) >> 4) : packet[kIpTos];
}

/// Another TOS or traffic class; an IPv4 checksum is brought along, so a wrong one stays wrong (RFC 1624).
void change_tos(uint8_t* packet, uint8_t tos);

/// The checksum field of a sum of words (RFC 1071).
inline uint16_t folded(uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

/// The Internet checksum of a 20-byte header, its own field taken as 0.
uint16_t ipv4_checksum(const uint8_t* header);

/// Outer header of tunnel mode: what is the same in all of an SA's packets, worked out once.
class TunnelHeader {
 public:
  /// Addresses of one family, which is the header's.
  TunnelHeader(const IpAddress& src, const IpAddress& dst, uint8_t ttl, uint8_t protocol);

  struct Packet {
    size_t total_length = 0;  ///< of the whole packet
    uint8_t tos = 0;
    bool df = true;               ///< IPv4: with it an atomic datagram (RFC 6864: identification 0) ...
    uint16_t identification = 0;  ///< ... without it this one
  };
  size_t bytes() const { return v6_ ? abi::kIpv6HeaderBytes : abi::kIpv4HeaderBytes; }
  [[gnu::always_inline]] void write(uint8_t* out, const Packet& packet) const {
    if (v6_) return write_v6(out, packet);
    const uint16_t length = static_cast<uint16_t>(packet.total_length);
    const uint16_t identification = packet.df ? 0 : packet.identification;
    const uint16_t fragment = packet.df ? kIpDontFragment : 0;
    std::memcpy(out, fixed_.data(), abi::kIpv4HeaderBytes);
    out[kIpTos] = packet.tos;
    store_be16(out + kIpTotalLength, length);
    store_be16(out + kIpId, identification);
    store_be16(out + kIpFragment, fragment);
    store_be16(out + kIpChecksum, folded(sum_ + packet.tos + length + identification + fragment));
  }

 private:
  void write_v6(uint8_t* out, const Packet& packet) const;

  std::array<uint8_t, abi::kIpv6HeaderBytes> fixed_{};
  uint32_t sum_ = 0;  // IPv4: of the words of fixed_
  bool v6_;
};

/// Transport mode, both directions: the header that was read, with another length of the packet and another protocol.
/// An IPv4 checksum is brought along.
void rewrite_header(uint8_t* out, const uint8_t* original, const IpHeader& header, size_t total_length,
                    uint8_t protocol);

/// Length field of an inner packet as bytes of the packet, and what its version's header takes at least.
inline size_t ip_total_length(const uint8_t* packet, bool v6) {
  return v6 ? abi::kIpv6HeaderBytes + load_be16(packet + kIp6PayloadLength) : load_be16(packet + kIpTotalLength);
}

/// read_ip_header()'s part of one family; of a packet with the bytes of an IPv4 header at least.
IpHeader read_ipv6(std::span<const uint8_t> packet, Direction direction);
inline IpHeader read_ipv4(std::span<const uint8_t> packet) {
  IpHeader h;
  h.bytes = size_t{packet[0] & 0xfu} * 4;
  h.protocol = packet[kIpProtocol];
  h.protocol_at = kIpProtocol;
  if (packet[0] >> 4 != 4 || h.bytes < abi::kIpv4HeaderBytes)
    h.status = abi::kDropVersion;
  else if (ip_total_length(packet.data(), false) != packet.size())
    h.status = abi::kDropLength;
  else if (packet.size() < h.bytes)
    h.status = abi::kDropShort;
  if (load_be16(&packet[kIpFragment]) & kIpMoreOrOffset) h.reach = abi::kDropFragment;
  return h;
}

inline IpHeader read_ip_header(std::span<const uint8_t> packet, Direction direction) {
  if (packet.size() < abi::kIpv4HeaderBytes) {
    IpHeader none;
    none.status = abi::kDropShort;
    return none;
  }
  return packet[0] >> 4 == 6 ? read_ipv6(packet, direction) : read_ipv4(packet);
}

}  // namespace xesp::esp
#endif
