// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_INBOUND_KEY_H
#define XESP_ENGINE_INBOUND_KEY_H

#include <array>
#include <compare>
#include <cstdint>

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

  auto operator<=>(const InboundKey&) const = default;
};

}  // namespace xesp
#endif
