// SPDX-License-Identifier: Apache-2.0
#include "steering_fixture.h"

namespace xesp::test {
namespace {

using SteeringInside = SteeringFixture;

TEST_F(SteeringInside, Policies) {
  const Case cases[] = {
      {"protect with an SA", Ipv4Frame{}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"any protocol", Ipv4Frame{.protocol = 132}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"link padding", Ipv4Frame{.payload = Bytes(1), .padding = 25}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"no payload", Ipv4Frame{.payload = {}}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"protect without an SA", Ipv4Frame{.dst = "10.3.0.5"}.build(), XDP_DROP, XESP_STEER_DROP_NO_SA_OUT},
      {"discard", Ipv4Frame{.dst = "10.4.0.5"}.build(), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"bypass", Ipv4Frame{.dst = "10.2.9.5"}.build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"no policy: destination", Ipv4Frame{.dst = "10.5.0.5"}.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"no policy: source", Ipv4Frame{.src = "10.6.0.5"}.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"narrower selector, its protocol", Ipv4Frame{.src = "10.1.7.1", .protocol = 17}.build(), XDP_DROP,
       XESP_STEER_DROP_DISCARD},
      {"narrower selector, another protocol", Ipv4Frame{.src = "10.1.7.1", .protocol = 6}.build(), XDP_REDIRECT,
       XESP_STEER_PROTECT},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

TEST_F(SteeringInside, MetadataNamesTheSaAndWhereThePacketStarts) {
  expect(Side::kInside, {"plain", Ipv4Frame{}.build(), XDP_REDIRECT, XESP_STEER_PROTECT});
  ASSERT_TRUE(meta());
  EXPECT_EQ(meta()->magic, XESP_META_MAGIC);
  EXPECT_EQ(meta()->sa.index, kOutSa.index);
  EXPECT_EQ(meta()->sa.generation, kOutSa.generation);
  EXPECT_EQ(meta()->l3_offset, 14);
  expect(Side::kInside,
         {"two tags", Ipv4Frame{.vlan_types = {0x88a8, 0x8100}}.build(), XDP_REDIRECT, XESP_STEER_PROTECT});
  ASSERT_TRUE(meta());
  EXPECT_EQ(meta()->l3_offset, 22);
  EXPECT_EQ(meta()->flags, 0);
}

TEST_F(SteeringInside, MetadataTellsWhatCameToMany) {
  for (const uint8_t first : {0x01, 0x33, 0xff}) {
    Bytes frame = Ipv4Frame{}.build();
    frame[0] = first;
    expect(Side::kInside, {"to a group", frame, XDP_REDIRECT, XESP_STEER_PROTECT});
    ASSERT_TRUE(meta());
    EXPECT_EQ(meta()->flags, XESP_META_GROUP);
  }
}

TEST_F(SteeringInside, VlanTags) {
  const Case cases[] = {
      {"one tag", Ipv4Frame{.vlan_types = {0x8100}}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"two C-tags", Ipv4Frame{.vlan_types = {0x8100, 0x8100}}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"a C-tag before an S-tag", Ipv4Frame{.vlan_types = {0x8100, 0x88a8}}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"tagged, protect without an SA", Ipv4Frame{.vlan_types = {0x88a8}, .dst = "10.3.0.5"}.build(), XDP_DROP,
       XESP_STEER_DROP_NO_SA_OUT},
      {"IPv6, tagged twice, protect without an SA",
       Ipv6Frame{.vlan_types = {0x88a8, 0x8100}, .dst = "2001:db8:3::5"}.build(), XDP_DROP, XESP_STEER_DROP_NO_SA_OUT},
      {"tagged bypass", Ipv4Frame{.vlan_types = {0x8100}, .dst = "10.2.9.5"}.build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"three tags, no policy", Ipv6Frame{.vlan_types = {0x8100, 0x8100, 0x8100}, .dst = "2001:db8:5::5"}.build(),
       XDP_DROP, XESP_STEER_DROP_VLAN_DEPTH},
      {"tagged discard", Ipv4Frame{.vlan_types = {0x8100}, .dst = "10.4.0.5"}.build(), XDP_DROP,
       XESP_STEER_DROP_DISCARD},
      {"three tags", Ipv4Frame{.vlan_types = {0x88a8, 0x8100, 0x8100}}.build(), XDP_DROP, XESP_STEER_DROP_VLAN_DEPTH},
      {"tag cut short", Bytes{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0x81, 0x00, 0x00}, XDP_DROP,
       XESP_STEER_DROP_MALFORMED},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

TEST_F(SteeringInside, IkePasses) {
  const auto udp = [](uint16_t port, const Bytes& data) {
    return Ipv4Frame{.protocol = 17, .payload = udp_payload(port, data)}.build();
  };
  const Case cases[] = {
      {"UDP 500", udp(500, Bytes(28)), XDP_PASS, XESP_STEER_PASS_IKE},
      {"UDP 500 without data", udp(500, {}), XDP_PASS, XESP_STEER_PASS_IKE},
      {"UDP 4500 with the marker", udp(4500, Bytes(28)), XDP_PASS, XESP_STEER_PASS_IKE},
      {"UDP 4500 with an SPI", udp(4500, Bytes(28, 1)), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"NAT keepalive", udp(4500, {0xff}), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"UDP 501", udp(501, Bytes(28)), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"TCP 500", Ipv4Frame{.protocol = 6, .payload = udp_payload(500, Bytes(28))}.build(), XDP_REDIRECT,
       XESP_STEER_PROTECT},
      {"later fragment that looks like it",
       Ipv4Frame{.protocol = 17, .fragment = 185, .payload = udp_payload(500, Bytes(28))}.build(), XDP_REDIRECT,
       XESP_STEER_PROTECT},
      {"behind IP options",
       Ipv4Frame{.protocol = 17, .header_words = 8, .payload = udp_payload(500, Bytes(28))}.build(), XDP_PASS,
       XESP_STEER_PASS_IKE},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

TEST_F(SteeringInside, FragmentsAndOptionsGoByTheirAddresses) {
  const Case cases[] = {
      {"first fragment", Ipv4Frame{.fragment = 0x2000}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"later fragment", Ipv4Frame{.fragment = 0x2000 | 185}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"later fragment, discard", Ipv4Frame{.dst = "10.4.0.5", .fragment = 185}.build(), XDP_DROP,
       XESP_STEER_DROP_DISCARD},
      {"options", Ipv4Frame{.header_words = 6}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"most options", Ipv4Frame{.header_words = 15}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"options, no policy", Ipv4Frame{.dst = "10.5.0.5", .header_words = 15}.build(), XDP_PASS,
       XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

TEST_F(SteeringInside, RebindingAndUnbindingTakeEffectAtOnce) {
  const Case protect{"bound", Ipv4Frame{}.build(), XDP_REDIRECT, XESP_STEER_PROTECT};
  const Policy p = policy(Direction::kOut, "10.1.0.0/16", "10.2.0.0/16", PolicyAction::kProtect);
  policies->bind(p, SaHandle{.index = 900, .generation = 1});
  expect(Side::kInside, protect);
  EXPECT_EQ(meta()->sa.index, 900);
  policies->bind(p, std::nullopt);
  expect(Side::kInside, {"unbound", Ipv4Frame{}.build(), XDP_DROP, XESP_STEER_DROP_NO_SA_OUT});
}

TEST_F(SteeringInside, PoliciesChangeWhileOthersStay) {
  Policy p = policy(Direction::kOut, "10.1.0.0/16", "10.2.0.0/16", PolicyAction::kDiscard);
  policies->set(p);
  expect(Side::kInside, {"replaced", Ipv4Frame{}.build(), XDP_DROP, XESP_STEER_DROP_DISCARD});
  expect(Side::kInside, {"bypass below it", Ipv4Frame{.dst = "10.2.9.5"}.build(), XDP_PASS, XESP_STEER_PASS_BYPASS});
  policies->remove(policy(Direction::kOut, "0.0.0.0/0", "10.2.9.0/24", PolicyAction::kBypass));
  expect(Side::kInside, {"bypass removed", Ipv4Frame{.dst = "10.2.9.5"}.build(), XDP_DROP, XESP_STEER_DROP_DISCARD});
  policies->remove(p);
  expect(Side::kInside, {"removed", Ipv4Frame{}.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY});
}

TEST_F(SteeringInside, WithoutASocketItDrops) {
  steering->clear_socket(dataplane::Steering::Side::kInside, 0);
  expect(Side::kInside, {"no socket", Ipv4Frame{}.build(), XDP_DROP, XESP_STEER_DROP_NO_SOCKET});
}

}  // namespace
}  // namespace xesp::test
