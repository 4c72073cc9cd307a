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
Ipv4Frame ah(uint32_t spi) {
  return from_peer(51, ah_payload(spi));
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
      {"AH, for the SPI is that of ESP", ah(0x1001).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"ESP, for the SPI is that of AH", esp(kAhSpi).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

class SteeringBesideKernelEsp : public SteeringFixture {
 protected:
  SteeringBesideKernelEsp() { kernel_esp = true; }
};

TEST_F(SteeringBesideKernelEsp, WhatHasNoSaHereIsTheKernels) {
  Ipv4Frame fragment = esp(0x1001);
  fragment.fragment = 185;
  const Case cases[] = {
      {"known SPI", esp(0x1001).build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"known SPI, AH", ah(kAhSpi).build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"unknown SPI", esp(0x1002).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"unknown SPI, AH", ah(0x1002).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"unknown SPI in UDP", from_peer(17, udp_payload(4500, esp_payload(0x1002))).build(), XDP_PASS,
       XESP_STEER_PASS_NO_POLICY},
      {"later fragment", fragment.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, AhByDestinationAndSpi) {
  const auto changed = [](auto change) {
    Ipv4Frame frame = ah(kAhSpi);
    change(frame);
    return frame.build();
  };
  const Case cases[] = {
      {"known SPI", ah(kAhSpi).build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"behind IP options", changed([](Ipv4Frame& f) { f.header_words = 7; }), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"unknown SPI", ah(0x1002).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"where ESP has its SPI", from_peer(51, esp_payload(kAhSpi)).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"SPI cut short", from_peer(51, Bytes(7)).build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"SPI and no more", from_peer(51, {6, 7, 0, 0, 0, 0, 0x20, 0x02}).build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"later fragment", changed([](Ipv4Frame& f) { f.fragment = 185; }), XDP_REDIRECT, XESP_STEER_RECOVER_FRAGMENT},
      {"somebody else's AH", changed([](Ipv4Frame& f) { f.dst = "192.0.2.77"; }), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"in UDP it is no AH", from_peer(17, udp_payload(4500, {0, 0, 0x20, 0x02, 0, 0, 0, 1})).build(), XDP_DROP,
       XESP_STEER_DROP_NO_SA_IN},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
  expect(Side::kOutside, cases[0]);
  ASSERT_TRUE(meta());
  EXPECT_EQ(meta()->sa.index, kAhSa.index);
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
      {"first fragment", first.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"later fragment, bytes that look like an SPI", later.build(), XDP_REDIRECT, XESP_STEER_RECOVER_FRAGMENT},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

// They show no port, and an IKE daemon's messages come in fragments as well.
TEST_F(SteeringOutside, LaterFragmentsOfEspInUdpGoWhereTheFirstOneWent) {
  Ipv4Frame in_udp = from_peer(17, udp_payload(4500, {0, 0, 0x10, 0x01, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
  in_udp.fragment = 0x2000;
  Ipv4Frame ike = from_peer(17, udp_payload(4500, Bytes(24)));
  ike.fragment = 0x2000;
  Ipv4Frame later = from_peer(17, Bytes(24));
  later.fragment = 3;
  Ipv4Frame elsewhere = later;
  elsewhere.dst = "192.0.2.77";
  const Case no_first{"later, nothing known", later.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY};
  expect(Side::kOutside, no_first);
  expect(Side::kOutside, {"first of ESP", in_udp.build(), XDP_REDIRECT, XESP_STEER_RECOVER});
  expect(Side::kOutside, {"later", later.build(), XDP_REDIRECT, XESP_STEER_RECOVER_FRAGMENT});
  expect(Side::kOutside, {"later, to others", elsewhere.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY});
  expect(Side::kOutside, {"first of IKE", ike.build(), XDP_PASS, XESP_STEER_PASS_IKE});
  expect(Side::kOutside, no_first);
}

TEST_F(SteeringOutside, LaterFragmentsOfEspToOthersAreTheirs) {
  Ipv4Frame later = esp(0x1001);
  later.fragment = 185;
  later.dst = "192.0.2.77";
  expect(Side::kOutside, {"not to us", later.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY});
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
      {"UDP 4500 with the marker, to somebody else",
       Ipv4Frame{.dst = "192.0.2.77", .protocol = 17, .payload = udp_payload(4500, Bytes(28))}.build(), XDP_PASS,
       XESP_STEER_PASS_IKE},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, EspInUdp) {
  const auto in_udp = [](uint16_t port, Bytes data) { return from_peer(17, udp_payload(port, data)); };
  const auto in_udp6 = [](uint16_t port, Bytes data) {
    return Ipv6Frame{.dst = "2001:db8::1", .protocol = 17, .payload = udp_payload(port, data)}.build();
  };
  Ipv4Frame elsewhere = in_udp(4500, esp_payload(0x1001)), tagged = in_udp(4500, esp_payload(0x1001)), first = tagged,
            later = tagged, padded = in_udp(4500, {0xff});
  elsewhere.dst = "192.0.2.77";
  tagged.vlan_types = {0x8100};
  first.fragment = 0x2000;
  later.fragment = 185;
  padded.padding = 17;  // to the shortest Ethernet frame
  const Case cases[] = {
      {"known SPI", in_udp(4500, esp_payload(0x1001)).build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"known SPI, tagged", tagged.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"known SPI, IPv6", in_udp6(4500, esp_payload(0x1006)), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"SPI and no more: the engine says short", in_udp(4500, {0, 0, 0x10, 0x01}).build(), XDP_REDIRECT,
       XESP_STEER_RECOVER},
      {"first fragment", first.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"later fragment of it", later.build(), XDP_REDIRECT, XESP_STEER_RECOVER_FRAGMENT},
      {"unknown SPI", in_udp(4500, esp_payload(0x1002)).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"unknown SPI, IPv6", in_udp6(4500, esp_payload(0x1001)), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"somebody else's", elsewhere.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"a port that no SA has", in_udp(4510, esp_payload(0x1001)).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"the port as source only", from_peer(17, {0x11, 0x94, 0x27, 0x0f, 0, 12, 0, 0, 0, 0, 0x10, 0x01}).build(),
       XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"keepalive", in_udp(4500, {0xff}).build(), XDP_DROP, XESP_STEER_DROP_KEEPALIVE},
      {"keepalive with the link's padding", padded.build(), XDP_DROP, XESP_STEER_DROP_KEEPALIVE},
      {"keepalive, IPv6", in_udp6(4500, {0xff}), XDP_DROP, XESP_STEER_DROP_KEEPALIVE},
      {"another single byte", in_udp(4500, {0xfe}).build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"two bytes", in_udp(4500, {0xff, 0xff}).build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"half a marker", in_udp(4500, {0, 0}).build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"no data", in_udp(4500, {}).build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"no UDP header", from_peer(17, Bytes(7)).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, EspInUdpOnAnotherPort) {
  SaConfig sa = inbound("192.0.2.1", 0x1003);
  sa.encap = UdpEncap{.src_port = 4500, .dst_port = 4510};
  steering->add_inbound(sa, {.index = 20, .generation = 1});
  const auto on_port = [](uint16_t port, Bytes data) { return from_peer(17, udp_payload(port, data)).build(); };
  const Case cases[] = {
      {"its port", on_port(4510, esp_payload(0x1003)), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"the usual port", on_port(4500, esp_payload(0x1003)), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"unknown SPI", on_port(4510, esp_payload(0x1009)), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"marker", on_port(4510, Bytes(28)), XDP_PASS, XESP_STEER_PASS_IKE},
      {"keepalive", on_port(4510, {0xff}), XDP_DROP, XESP_STEER_DROP_KEEPALIVE},
      {"the peer's port", on_port(4511, esp_payload(0x1003)), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

TEST_F(SteeringOutside, ARemovedSaDrops) {
  steering->remove_inbound(inbound("192.0.2.1", 0x1001));
  expect(Side::kOutside, {"removed", esp(0x1001).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN});
}

}  // namespace
}  // namespace xesp::test
