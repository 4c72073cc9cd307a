// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/inbound_index.h"

namespace xesp {
namespace {

// Few different ones, so that many meet in the same places.
InboundKey small_key(std::mt19937_64& random) {
  InboundKey key;
  key.spi[random() % 4] = static_cast<uint8_t>(random() % 16);
  key.dst[random() % 16] = static_cast<uint8_t>(random() % 4);
  if (random() % 2 != 0) key.proto = static_cast<uint8_t>(kProtoAh | abi::kLookupIpv6);
  return key;
}

// A packet's, byte by byte.
InboundKey key_of(std::span<const uint8_t> packet, bool v6, uint8_t proto, size_t spi_at) {
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

TEST(InboundIndex, AgreesWithAMap) {
  std::mt19937_64 random(7);
  for (const size_t most : {4u, 60u, 900u}) {
    InboundIndex index;
    std::map<InboundKey, uint16_t> wanted;
    for (int i = 0; i < 30000; ++i) {
      const InboundKey key = small_key(random);
      const auto there = wanted.find(key);
      if (there != wanted.end()) {
        index.erase(InboundIndex::Key::of(key));
        wanted.erase(there);
      } else if (wanted.size() < most) {
        const uint16_t sa = static_cast<uint16_t>(random());
        index.insert(InboundIndex::Key::of(key), sa);
        wanted[key] = sa;
      }
      const InboundKey other = small_key(random);
      const auto at = wanted.find(other);
      ASSERT_EQ(index.find(InboundIndex::Key::of(other)),
                at == wanted.end() ? std::nullopt : std::optional<uint16_t>(at->second));
      if (i % 100 == 0)
        for (const auto& [k, sa] : wanted) ASSERT_EQ(index.find(InboundIndex::Key::of(k)), sa);
    }
  }
}

TEST(InboundIndex, APacketsKeyIsItsSas) {
  for (const bool v6 : {false, true})
    for (const uint8_t proto : {kProtoEsp, kProtoAh}) {
      std::vector<uint8_t> packet(64);
      for (size_t i = 0; i < packet.size(); ++i) packet[i] = static_cast<uint8_t>(i + 1);
      EXPECT_EQ(InboundIndex::Key::of(packet, v6, proto, 44), InboundIndex::Key::of(key_of(packet, v6, proto, 44)));
    }
}

}  // namespace
}  // namespace xesp
