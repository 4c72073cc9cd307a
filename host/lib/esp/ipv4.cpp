// SPDX-License-Identifier: Apache-2.0
#include "esp/ipv4.h"

#include <cstring>

#include "esp/bytes.h"

namespace xesp::esp {

abi::DropReason check_ipv4(std::span<const uint8_t> packet) {
  if (packet.size() < abi::kIpv4HeaderBytes) return abi::kDropShort;
  const unsigned version = packet[0] >> 4;
  const unsigned words = packet[0] & 0xf;
  if (version != 4 || words < 5) return abi::kDropVersion;
  if (words > 5) return abi::kDropIpOptions;
  if (load_be16(&packet[kIpFragment]) & kIpMoreOrOffset) return abi::kDropFragment;
  if (load_be16(&packet[kIpTotalLength]) != packet.size()) return abi::kDropLength;
  return abi::kOk;
}

namespace {

// The checksum field of a sum of words (RFC 1071).
uint16_t folded(uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

}  // namespace

uint16_t ipv4_checksum(const uint8_t* header) {
  uint32_t sum = 0;
  for (size_t i = 0; i < abi::kIpv4HeaderBytes; i += 2)
    if (i != kIpChecksum) sum += load_be16(header + i);
  return folded(sum);
}

void write_tunnel_header(uint8_t* out, const IpAddress& src, const IpAddress& dst, uint8_t tos, uint8_t ttl,
                         uint16_t total_length, bool df, uint16_t identification) {
  out[0] = 0x45;
  out[kIpTos] = tos;
  store_be16(out + kIpTotalLength, total_length);
  store_be16(out + kIpId, df ? 0 : identification);
  store_be16(out + kIpFragment, df ? kIpDontFragment : 0);
  out[kIpTtl] = ttl;
  out[kIpProtocol] = kProtoEsp;
  std::memcpy(out + kIpSource, src.bytes.data(), 4);
  std::memcpy(out + kIpDestination, dst.bytes.data(), 4);
  store_be16(out + kIpChecksum, ipv4_checksum(out));
}

void change_tos(uint8_t* header, uint8_t tos) {
  uint32_t sum = static_cast<uint16_t>(~load_be16(header + kIpChecksum));
  sum += static_cast<uint16_t>(~load_be16(header));
  header[kIpTos] = tos;
  sum += load_be16(header);
  store_be16(header + kIpChecksum, folded(sum));
}

void rewrite_header(uint8_t* out, const uint8_t* original, uint16_t total_length, uint8_t protocol) {
  std::memcpy(out, original, abi::kIpv4HeaderBytes);
  store_be16(out + kIpTotalLength, total_length);
  out[kIpProtocol] = protocol;
  store_be16(out + kIpChecksum, ipv4_checksum(out));
}

}  // namespace xesp::esp
