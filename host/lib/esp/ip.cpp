// SPDX-License-Identifier: Apache-2.0
#include "esp/ip.h"

#include <cstring>

#include "esp/bytes.h"

namespace xesp::esp {

namespace {

// A 16-bit word of a header with a checksum gets another value (RFC 1624, equation 3).
void change_word(uint8_t* header, size_t at, uint16_t value) {
  const uint32_t sum = static_cast<uint16_t>(~load_be16(header + kIpChecksum)) +
                       uint32_t{static_cast<uint16_t>(~load_be16(header + at))} + value;
  store_be16(header + at, value);
  store_be16(header + kIpChecksum, folded(sum));
}

}  // namespace

IpHeader read_ipv6(std::span<const uint8_t> packet, Direction direction) {
  IpHeader h;
  h.v6 = true;
  if (packet.size() < abi::kIpv6HeaderBytes) {
    h.status = abi::kDropShort;
    return h;
  }
  if (ip_total_length(packet.data(), true) != packet.size()) {
    h.status = abi::kDropLength;
    return h;
  }
  h.bytes = abi::kIpv6HeaderBytes;
  h.protocol_at = kIp6NextHeader;
  h.protocol = packet[kIp6NextHeader];
  bool routed = false;
  for (;;) {
    const bool before_esp = (h.protocol == kProtoHopByHop && h.bytes == abi::kIpv6HeaderBytes) ||
                            h.protocol == kProtoRouting ||
                            (h.protocol == kProtoOptions && !(routed && direction == Direction::kOut));
    if (!before_esp) break;
    if (h.bytes == abi::kMaxIpHeaderBytes) {
      h.reach = abi::kDropIpOptions;
      return h;
    }
    if (h.bytes + 8 > packet.size()) {
      h.status = abi::kDropShort;
      return h;
    }
    const size_t length = (packet[h.bytes + 1] + size_t{1}) * 8;
    if (h.bytes + length > abi::kMaxIpHeaderBytes) {
      h.reach = abi::kDropIpOptions;
      return h;
    }
    routed = routed || h.protocol == kProtoRouting;
    h.protocol_at = h.bytes;
    h.protocol = packet[h.bytes];
    h.bytes += length;
  }
  if (h.bytes > packet.size()) h.status = abi::kDropShort;
  if (h.protocol == kProtoFragment) h.reach = abi::kDropFragment;
  return h;
}

void change_tos(uint8_t* packet, uint8_t tos) {
  if (packet[0] >> 4 == 6)
    store_be16(packet, static_cast<uint16_t>((load_be16(packet) & 0xf00f) | tos << 4));
  else
    change_word(packet, 0, static_cast<uint16_t>(packet[0] << 8 | tos));
}

uint16_t ipv4_checksum(const uint8_t* header) {
  uint32_t sum = 0;
  for (size_t i = 0; i < abi::kIpv4HeaderBytes; i += 2)
    if (i != kIpChecksum) sum += load_be16(header + i);
  return folded(sum);
}

TunnelHeader::TunnelHeader(const IpAddress& src, const IpAddress& dst, uint8_t ttl, uint8_t protocol) : v6_(dst.v6) {
  uint8_t* const h = fixed_.data();
  if (v6_) {
    h[0] = 0x60;
    h[kIp6NextHeader] = protocol;
    h[kIp6HopLimit] = ttl;
    std::memcpy(h + kIp6Source, src.bytes.data(), 16);
    std::memcpy(h + kIp6Destination, dst.bytes.data(), 16);
    return;
  }
  h[0] = 0x45;
  h[kIpTtl] = ttl;
  h[kIpProtocol] = protocol;
  std::memcpy(h + kIpSource, src.bytes.data(), 4);
  std::memcpy(h + kIpDestination, dst.bytes.data(), 4);
  for (size_t i = 0; i < abi::kIpv4HeaderBytes; i += 2) sum_ += load_be16(h + i);
}

void TunnelHeader::write_v6(uint8_t* out, const Packet& packet) const {
  std::memcpy(out, fixed_.data(), abi::kIpv6HeaderBytes);
  store_be16(out, static_cast<uint16_t>(0x6000 | packet.tos << 4));
  store_be16(out + kIp6PayloadLength, static_cast<uint16_t>(packet.total_length - abi::kIpv6HeaderBytes));
}

void rewrite_header(uint8_t* out, const uint8_t* original, const IpHeader& header, size_t total_length,
                    uint8_t protocol) {
  std::memcpy(out, original, header.bytes);
  if (header.v6) {
    store_be16(out + kIp6PayloadLength, static_cast<uint16_t>(total_length - abi::kIpv6HeaderBytes));
    out[header.protocol_at] = protocol;
    return;
  }
  change_word(out, kIpTotalLength, static_cast<uint16_t>(total_length));
  change_word(out, kIpTtl, static_cast<uint16_t>(out[kIpTtl] << 8 | protocol));
}

}  // namespace xesp::esp
