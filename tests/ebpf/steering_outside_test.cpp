// SPDX-License-Identifier: Apache-2.0
#include "steering_fixture.h"

namespace xesp::test {
namespace {

using SteeringOutside = SteeringFixture;

/// From the peer's gateway to ours.
Ipv4Frame from_peer(uint8_t protocol, Bytes payload) {
  return {.src = "192.0.2.2", .dst = "192.0.2.1", .protocol = protocol, .payload = std::move(payload)};
}
Ipv4Frame esp(uint32_t spi) {
  return from_peer(50, esp_payload(spi));
}

TEST_F(SteeringOutside, EspByDestinationAndSpi) {
  Ipv4Frame elsewhere = esp(0x1001);
  elsewhere.dst = "192.0.2.77";
  Ipv4Frame tagged = esp(0x1001);
  tagged.vlan_types = {0x8100};
  Ipv4Frame options = esp(0x1001);
  options.header_words = 7;
  const Case cases[] = {
      {"known SPI", esp(0x1001).build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"known SPI, tagged", tagged.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"known SPI behind IP options", options.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"unknown SPI", esp(0x1002).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"SPI 0", esp(0).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"somebody else's ESP", elsewhere.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"AH with our SPI", from_peer(51, esp_payload(0x1001)).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, MetadataNamesTheInboundSa) {
  expect(Side::kOutside, {"known SPI", esp(0x1001).build(), XDP_REDIRECT, XESP_STEER_RECOVER});
  ASSERT_TRUE(meta());
  EXPECT_EQ(meta()->sa.index, kInSa.index);
  EXPECT_EQ(meta()->sa.generation, kInSa.generation);
}

TEST_F(SteeringOutside, EspCutShortOrInFragments) {
  Ipv4Frame first = esp(0x1001);
  first.fragment = 0x2000;
  Ipv4Frame later = esp(0x1001);
  later.fragment = 0x2000 | 185;
  const Case cases[] = {
      {"no SPI at all", from_peer(50, {}).build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"SPI cut short", from_peer(50, Bytes(3)).build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"SPI and no more: the engine says short", from_peer(50, {0, 0, 0x10, 0x01}).build(), XDP_REDIRECT,
       XESP_STEER_RECOVER},
      {"first fragment: the engine says fragment", first.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"later fragment, bytes that look like an SPI", later.build(), XDP_DROP, XESP_STEER_DROP_ESP_FRAGMENT},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, ClearPacketsThatMustBeProtectedDrop) {
  const auto inner = [](const std::string& src, const std::string& dst, uint16_t fragment = 0) {
    return Ipv4Frame{.src = src, .dst = dst, .fragment = fragment}.build();
  };
  const Case cases[] = {
      {"protect", inner("10.2.0.5", "10.1.0.5"), XDP_DROP, XESP_STEER_DROP_CLEAR_IN},
      {"protect, later fragment", inner("10.2.0.5", "10.1.0.5", 185), XDP_DROP, XESP_STEER_DROP_CLEAR_IN},
      {"bypass", inner("10.2.9.5", "10.1.0.5"), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"discard", inner("10.4.0.5", "10.9.0.5"), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"no policy", inner("10.7.0.5", "10.1.0.5"), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"the outbound policies are not asked", inner("10.1.0.5", "10.2.0.5"), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, IkePasses) {
  const Case cases[] = {
      {"UDP 500", from_peer(17, udp_payload(500, Bytes(28))).build(), XDP_PASS, XESP_STEER_PASS_IKE},
      {"UDP 4500 with the marker", from_peer(17, udp_payload(4500, Bytes(28))).build(), XDP_PASS, XESP_STEER_PASS_IKE},
      {"NAT keepalive", from_peer(17, udp_payload(4500, {0xff})).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, ARemovedSaDrops) {
  steering->remove_inbound(inbound("192.0.2.1", 0x1001));
  expect(Side::kOutside, {"removed", esp(0x1001).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN});
}

}  // namespace
}  // namespace xesp::test
