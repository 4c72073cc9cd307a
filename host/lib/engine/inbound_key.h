// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_INBOUND_KEY_H
#define XESP_ENGINE_INBOUND_KEY_H

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "esp/bytes.h"
#include "esp/ip.h"
#include "xesp/sa.h"

namespace xesp {

/// What names an inbound SA on the wire (RFC 4301 4.1): SPI, destination, protocol, as bytes of the packet.
struct InboundKey {
  std::array<uint8_t, 4> spi{};
  std::array<uint8_t, 16> dst{};
  uint8_t proto = esp::kProtoEsp;

  static InboundKey of(const SaConfig& sa) {
    InboundKey key;
    esp::store_be32(key.spi.data(), sa.spi);
    key.dst = sa.dst.bytes;
    key.proto = static_cast<uint8_t>(sa.proto | (sa.dst.v6 ? abi::kLookupIpv6 : 0));
    return key;
  }

  /// Of a packet whose headers were read, ESP (in UDP too) or AH, with its SPI at `spi_at`.
  static InboundKey of(std::span<const uint8_t> packet, bool v6, uint8_t proto, size_t spi_at) {
    InboundKey key;
    key.proto = proto;
    std::copy_n(&packet[spi_at], 4, key.spi.begin());
    if (v6)
      std::copy_n(&packet[esp::kIp6Destination], 16, key.dst.begin());
    else
      std::copy_n(&packet[esp::kIpDestination], 4, key.dst.begin());
    if (v6) key.proto |= abi::kLookupIpv6;
    return key;
  }

  auto operator<=>(const InboundKey&) const = default;

  struct Hash {
    size_t operator()(const InboundKey& key) const {
      const std::string_view bytes(reinterpret_cast<const char*>(&key), sizeof key);
      return std::hash<std::string_view>()(bytes);
    }
  };
};
static_assert(std::has_unique_object_representations_v<InboundKey>, "hashed by its bytes");

}  // namespace xesp
#endif
