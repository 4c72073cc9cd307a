// SPDX-License-Identifier: Apache-2.0
// What is different in IPv6: extension headers, fragments, neighbour discovery.
#include "steering_fixture.h"

namespace xesp::test {
namespace {

using SteeringIpv6 = SteeringFixture;

constexpr uint8_t kHopByHop = 0, kUdp = 17, kRouting = 43, kEsp = 50, kIcmp = 58, kNone = 59, kOptions = 60;

Ipv6Frame esp(const std::string& dst, uint32_t spi) {
  return {.src = "2001:db8::2", .dst = dst, .protocol = kEsp, .payload = esp_payload(spi)};
}

TEST_F(SteeringIpv6, Policies) {
  const Case cases[] = {
      {"protect with an SA", Ipv6Frame{}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"two tags", Ipv6Frame{.vlan_types = {0x88a8, 0x8100}}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"no payload", Ipv6Frame{.protocol = kNone, .payload = {}}.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"protect without an SA", Ipv6Frame{.dst = "2001:db8:3::5"}.build(), XDP_DROP, XESP_STEER_DROP_NO_SA_OUT},
      {"discard", Ipv6Frame{.dst = "2001:db8:4::5"}.build(), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"bypass below protect", Ipv6Frame{.dst = "2001:db8:2:9::5"}.build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"no policy: destination", Ipv6Frame{.dst = "2001:db8:5::5"}.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"no policy: source", Ipv6Frame{.src = "2001:db8:6::5"}.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"a source that differs in the last bits only", Ipv6Frame{.src = "2001:db8:1:7::1", .protocol = kUdp}.build(),
       XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"narrower selector, another protocol", Ipv6Frame{.src = "2001:db8:1:7::1"}.build(), XDP_REDIRECT,
       XESP_STEER_PROTECT},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

TEST_F(SteeringIpv6, TheFamiliesArePolicyWorldsApart) {
  policies->set(policy(Direction::kOut, "::/0", "::/0", PolicyAction::kDiscard));
  expect(Side::kInside, {"IPv4", Ipv4Frame{.dst = "10.5.0.5"}.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY});
  expect(Side::kInside, {"IPv6", Ipv6Frame{.dst = "2001:db8:5::5"}.build(), XDP_DROP, XESP_STEER_DROP_DISCARD});
  // The bytes of 10.4.0.5, which IPv4 discards.
  policies->remove(policy(Direction::kOut, "::/0", "::/0", PolicyAction::kDiscard));
  expect(Side::kInside, {"same bytes", Ipv6Frame{.dst = "0a04:5::"}.build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY});
}

// The protocol is that behind the extension headers, whatever they are.
TEST_F(SteeringIpv6, ExtensionHeadersAreWalked) {
  const auto udp_behind = [](const std::vector<Extension>& chain) {
    return Ipv6Frame{.src = "2001:db8:1:7::1", .protocol = kUdp, .extensions = chain}.build();
  };
  const std::vector<Extension> most(XESP_MAX_EXTENSIONS, extension(kOptions, 3));
  std::vector<Extension> too_many = most;
  too_many.push_back(extension(kOptions));
  const Case cases[] = {
      {"hop-by-hop", udp_behind({extension(kHopByHop)}), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"routing", udp_behind({extension(kRouting, 2)}), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"the longest", udp_behind({extension(kOptions, 255)}), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"all of RFC 8200 4.1",
       udp_behind({extension(kHopByHop, 1), extension(kOptions), extension(kRouting, 2), fragment_header(1),
                   extension(kOptions, 4)}),
       XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"as many as are walked", udp_behind(most), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"one more: the protocol can't be told", udp_behind(too_many), XDP_DROP, XESP_STEER_DROP_EXTENSIONS},
      {"authentication header: a protocol like others",
       Ipv6Frame{.src = "2001:db8:1:7::1", .protocol = kUdp, .extensions = {extension(51, 3)}}.build(), XDP_REDIRECT,
       XESP_STEER_PROTECT},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

// RFC 8200 4.5: the protocol of an IPv6 packet is that of its first fragment; others may say what they like.
TEST_F(SteeringIpv6, LaterFragmentsShowNoProtocol) {
  const auto fragment = [](uint16_t offset, uint8_t protocol, const std::string& dst) {
    return Ipv6Frame{.dst = dst, .protocol = protocol, .extensions = {fragment_header(offset)}}.build();
  };
  policies->set(policy(Direction::kOut, "::/0", "2001:db8:6::/48", PolicyAction::kBypass, kUdp));
  policies->set(policy(Direction::kOut, "2001:db8::/32", "2001:db8:7::/48", PolicyAction::kProtect, kUdp));
  policies->set(policy(Direction::kOut, "2001:db8::/32", "2001:db8:6::/48", PolicyAction::kDiscard, 6));
  const Case cases[] = {
      {"protect", fragment(8, 6, "2001:db8:2::5"), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"bypass of UDP, first fragment", fragment(1, kUdp, "2001:db8:6::5"), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"bypass of UDP, later one", fragment(8, kUdp, "2001:db8:6::5"), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"protect of UDP, first fragment of TCP", fragment(1, 6, "2001:db8:7::5"), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"protect of UDP, later one that says TCP", fragment(8, 6, "2001:db8:7::5"), XDP_DROP, XESP_STEER_DROP_NO_SA_OUT},
      {"later one that looks like IKE",
       Ipv6Frame{.protocol = kUdp, .extensions = {fragment_header(8)}, .payload = udp_payload(500, Bytes(28))}.build(),
       XDP_REDIRECT, XESP_STEER_PROTECT},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

TEST_F(SteeringIpv6, IkePasses) {
  const auto udp = [](uint16_t port, const Bytes& data, const std::vector<Extension>& chain = {}) {
    return Ipv6Frame{.protocol = kUdp, .extensions = chain, .payload = udp_payload(port, data)}.build();
  };
  const Case cases[] = {
      {"UDP 500", udp(500, Bytes(28)), XDP_PASS, XESP_STEER_PASS_IKE},
      {"UDP 500 behind options", udp(500, Bytes(28), {extension(kOptions, 2)}), XDP_PASS, XESP_STEER_PASS_IKE},
      {"UDP 4500 with the marker", udp(4500, Bytes(28)), XDP_PASS, XESP_STEER_PASS_IKE},
      {"UDP 4500 with an SPI", udp(4500, Bytes(28, 1)), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"UDP 4500, the marker in the link's padding",
       Ipv6Frame{.protocol = kUdp, .payload = udp_payload(4500, {}), .padding = 8}.build(), XDP_REDIRECT,
       XESP_STEER_PROTECT},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

TEST_F(SteeringIpv6, NeighbourDiscoveryStaysOnTheLink) {
  for (const Direction direction : {Direction::kOut, Direction::kIn})
    policies->set(policy(direction, "::/0", "::/0", PolicyAction::kDiscard));
  const auto icmp = [](const std::string& dst, uint8_t type, uint8_t hop_limit = 255,
                       const std::vector<uint16_t>& tags = {}) {
    Bytes payload(32);
    payload[0] = type;
    return Ipv6Frame{.vlan_types = tags,
                     .src = "2001:db8::5",
                     .dst = dst,
                     .protocol = kIcmp,
                     .hop_limit = hop_limit,
                     .payload = payload}
        .build();
  };
  for (const Side side : {Side::kInside, Side::kOutside}) {
    for (const uint8_t type : {133, 134, 135, 136, 137})
      expect(side, {"type " + std::to_string(type), icmp("ff02::1", type), XDP_PASS, XESP_STEER_PASS_NEIGHBOUR});
    const Case cases[] = {
        {"to a link-local address", icmp("fe80::1", 135), XDP_PASS, XESP_STEER_PASS_NEIGHBOUR},
        {"to an address of this host", icmp("2001:db8::1", 136), XDP_PASS, XESP_STEER_PASS_NEIGHBOUR},
        {"to an address of this host, tagged: the VLAN's interface may forward",
         icmp("2001:db8::1", 136, 255, {0x8100}), XDP_DROP, XESP_STEER_DROP_DISCARD},
        {"to a link-local address, tagged", icmp("fe80::1", 135, 255, {0x8100}), XDP_PASS, XESP_STEER_PASS_NEIGHBOUR},
        {"from behind a router", icmp("ff02::1", 135, 254), XDP_DROP, XESP_STEER_DROP_DISCARD},
        {"echo request", icmp("ff02::1", 128), XDP_DROP, XESP_STEER_DROP_DISCARD},
        {"type 132", icmp("ff02::1", 132), XDP_DROP, XESP_STEER_DROP_DISCARD},
        {"type 138", icmp("ff02::1", 138), XDP_DROP, XESP_STEER_DROP_DISCARD},
        {"no type", Ipv6Frame{.dst = "ff02::1", .protocol = kIcmp, .hop_limit = 255, .payload = {}}.build(), XDP_DROP,
         XESP_STEER_DROP_DISCARD},
    };
    for (const Case& c : cases) expect(side, c);
  }
}

// A neighbour solicitation that the kernel would route to somebody else is traffic like any other.
TEST_F(SteeringIpv6, WhatOnlyLooksLikeNeighbourDiscoveryGoesByPolicy) {
  // The kernel makes a new address's local route in a worker, after `ip` has returned.
  ASSERT_EQ(
      std::system("echo 1 >/proc/sys/net/ipv6/conf/all/forwarding && ip link set lo up && "
                  "ip -6 addr add 2001:db8:2::1/64 dev veth0 nodad && "
                  "for i in $(seq 200); do ip -6 route show table local | grep -q '^local 2001:db8:2::1 ' && exit 0; "
                  "sleep 0.05; done; exit 1"),
      0);
  Ipv6Frame frame{.protocol = kIcmp, .hop_limit = 255, .payload = Bytes(32)};
  frame.payload[0] = 135;
  expect(Side::kInside, {"to a host behind us", frame.build(), XDP_REDIRECT, XESP_STEER_PROTECT});
  frame.vlan_types = {0x8100};
  expect(Side::kInside, {"to a host behind us, tagged", frame.build(), XDP_REDIRECT, XESP_STEER_PROTECT});
  frame.dst = "2001:db8:2::1";
  expect(Side::kInside, {"to us, tagged", frame.build(), XDP_PASS, XESP_STEER_PASS_NEIGHBOUR});
  frame.vlan_types = {};
  expect(Side::kInside, {"to us", frame.build(), XDP_PASS, XESP_STEER_PASS_NEIGHBOUR});
}

TEST_F(SteeringIpv6, EspByDestinationAndSpi) {
  Ipv6Frame behind = esp("2001:db8::1", 0x1006);
  behind.extensions = {extension(kHopByHop), extension(kOptions, 1)};
  Ipv6Frame first = esp("2001:db8::1", 0x1006), later = first;
  Ipv6Frame ah = first;
  ah.protocol = 51;
  ah.payload = ah_payload(kAhSpi);
  Ipv6Frame ah_behind = ah, ah_later = ah, other_ah = ah;
  ah_behind.extensions = {extension(60)};
  ah_later.extensions = {fragment_header(0x0008)};
  other_ah.payload = ah_payload(0x1006);
  first.extensions = {fragment_header(1)};
  later.extensions = {fragment_header(8)};
  const Case cases[] = {
      {"known SPI behind options", behind.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"known SPI", esp("2001:db8::1", 0x1006).build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"AH", ah.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"AH behind options", ah_behind.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"later fragment of AH", ah_later.build(), XDP_REDIRECT, XESP_STEER_RECOVER_FRAGMENT},
      {"AH with the SPI of ESP", other_ah.build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"the SPI of the IPv4 SA", esp("2001:db8::1", 0x1001).build(), XDP_DROP, XESP_STEER_DROP_NO_SA_IN},
      {"the bytes of the IPv4 SA's destination", esp("c000:201::", 0x1001).build(), XDP_PASS,
       XESP_STEER_PASS_NO_POLICY},
      {"somebody else's ESP", esp("2001:db8::77", 0x1006).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"first fragment", first.build(), XDP_REDIRECT, XESP_STEER_RECOVER},
      {"later fragment", later.build(), XDP_REDIRECT, XESP_STEER_RECOVER_FRAGMENT},
      {"SPI cut short", Ipv6Frame{.dst = "2001:db8::1", .protocol = kEsp, .payload = Bytes(3), .padding = 9}.build(),
       XDP_DROP, XESP_STEER_DROP_MALFORMED},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
  expect(Side::kOutside, cases[1]);
  ASSERT_TRUE(meta());
  EXPECT_EQ(meta()->sa.index, kInSa6.index);
  EXPECT_EQ(meta()->l3_offset, 14);
}

TEST_F(SteeringIpv6, ClearPacketsThatMustBeProtectedDrop) {
  const auto inner = [](const std::string& src, std::vector<Extension> chain = {}) {
    return Ipv6Frame{.src = src, .dst = "2001:db8:1::5", .extensions = std::move(chain)}.build();
  };
  const Case cases[] = {
      {"protect", inner("2001:db8:2::5"), XDP_DROP, XESP_STEER_DROP_CLEAR_IN},
      {"protect, later fragment", inner("2001:db8:2::5", {fragment_header(8)}), XDP_DROP, XESP_STEER_DROP_CLEAR_IN},
      {"bypass", inner("2001:db8:2:9::5"), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"discard", inner("2001:db8:4::5"), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"no policy", inner("2001:db8:7::5"), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
  };
  for (const Case& c : cases) expect(Side::kOutside, c);
}

}  // namespace
}  // namespace xesp::test
