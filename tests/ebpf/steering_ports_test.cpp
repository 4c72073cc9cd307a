// SPDX-License-Identifier: Apache-2.0
// Policies that name ports, and packets that show none.
#include "steering_fixture.h"

namespace xesp::test {
namespace {

constexpr uint8_t kTcp = 6, kUdp = 17, kSctp = 132;
constexpr uint16_t kSourcePort = 40000;  // of udp_payload()

/// Beside the fixture's world, to 10.8.0.0/16 and to 2001:db8:8::/48:
///   TCP to port 443 protect, with an SA    other TCP bypass
///   UDP to port 53 bypass                  other UDP discard
///   SCTP from port 40000 to 9   discard
class SteeringPorts : public SteeringFixture {
 protected:
  void SetUp() override {
    SteeringFixture::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    using enum PolicyAction;
    constexpr std::pair<const char*, const char*> kWays[] = {{"10.1.0.0/16", "10.8.0.0/16"},
                                                             {"2001:db8:1::/48", "2001:db8:8::/48"}};
    for (const auto& way : kWays) {
      const std::string src = way.first, dst = way.second;
      const auto set = [&](PolicyAction action, uint8_t protocol, uint16_t sport, uint16_t dport) {
        Policy p = policy(Direction::kOut, src, dst, action, protocol);
        p.selector.src_port = sport;
        p.selector.dst_port = dport;
        policies->set(p);
        return p;
      };
      policies->bind(set(kProtect, kTcp, 0, 443), kOutSa);
      set(kBypass, kTcp, 0, 0);
      set(kBypass, kUdp, 0, 53);
      set(kDiscard, kUdp, 0, 0);
      set(kDiscard, kSctp, kSourcePort, 9);
    }
  }
};

// TCP, UDP and SCTP begin alike.
Ipv4Frame packet(uint8_t protocol, uint16_t port, uint16_t fragment = 0) {
  return {.dst = "10.8.0.5", .protocol = protocol, .fragment = fragment, .payload = udp_payload(port, Bytes(12))};
}
Ipv6Frame packet6(uint8_t protocol, uint16_t port, std::vector<Extension> chain) {
  return {.dst = "2001:db8:8::5",
          .protocol = protocol,
          .extensions = std::move(chain),
          .payload = udp_payload(port, Bytes(12))};
}

TEST_F(SteeringPorts, ThePolicyOfThePortWins) {
  Ipv4Frame options = packet(kTcp, 443);
  options.header_words = 15;
  Bytes other_source = udp_payload(9, {});
  ++other_source[1];
  const Case cases[] = {
      {"TCP 443", packet(kTcp, 443).build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"TCP 443 behind IP options", options.build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"TCP 442", packet(kTcp, 442).build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"TCP 443 in the other byte order", packet(kTcp, 0xbb01).build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"TCP from port 443", Ipv4Frame{.dst = "10.8.0.5", .payload = {1, 0xbb, 0, 80}}.build(), XDP_PASS,
       XESP_STEER_PASS_BYPASS},
      {"UDP 53", packet(kUdp, 53).build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"UDP 443", packet(kUdp, 443).build(), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"SCTP, both ports", packet(kSctp, 9).build(), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"SCTP, another source", Ipv4Frame{.dst = "10.8.0.5", .protocol = kSctp, .payload = other_source}.build(),
       XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"SCTP, another destination", packet(kSctp, 10).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"ICMP", packet(1, 443).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"IPv6 TCP 443", packet6(kTcp, 443, {}).build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"IPv6 TCP 443 behind options", packet6(kTcp, 443, {extension(0), extension(60, 7)}).build(), XDP_REDIRECT,
       XESP_STEER_PROTECT},
      {"IPv6 TCP 442", packet6(kTcp, 442, {extension(43, 2)}).build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"IPv6 UDP 53", packet6(kUdp, 53, {}).build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

// RFC 4301 7: a fragment without ports may be of the traffic that must be protected or dropped.
TEST_F(SteeringPorts, WhatShowsNoPortsTakesTheSafeSide) {
  const auto cut = [](uint8_t protocol, size_t bytes) {
    Bytes payload = udp_payload(80, {});
    payload.resize(bytes);
    return Ipv4Frame{.dst = "10.8.0.5", .protocol = protocol, .payload = payload, .padding = 20}.build();
  };
  const Case cases[] = {
      {"TCP, first fragment: has its ports", packet(kTcp, 442, 0x2000).build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"TCP, later fragment, bytes like port 442", packet(kTcp, 442, 185).build(), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"UDP, later fragment, bytes like port 53", packet(kUdp, 53, 185).build(), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"SCTP, later fragment", packet(kSctp, 10, 185).build(), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"ICMP, later fragment", packet(1, 443, 185).build(), XDP_PASS, XESP_STEER_PASS_NO_POLICY},
      {"TCP, ports cut short", cut(kTcp, 3), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"TCP, no payload", cut(kTcp, 0), XDP_REDIRECT, XESP_STEER_PROTECT},
      {"TCP, ports and no more", cut(kTcp, 4), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"UDP, ports cut short", cut(kUdp, 3), XDP_DROP, XESP_STEER_DROP_DISCARD},
      {"IPv6 TCP, first fragment", packet6(kTcp, 442, {fragment_header(1)}).build(), XDP_PASS, XESP_STEER_PASS_BYPASS},
      {"IPv6, later fragment, may be of the SCTP that comes first", packet6(1, 442, {fragment_header(8)}).build(),
       XDP_DROP, XESP_STEER_DROP_DISCARD},
  };
  for (const Case& c : cases) expect(Side::kInside, c);
}

}  // namespace
}  // namespace xesp::test
