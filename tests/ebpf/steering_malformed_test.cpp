// SPDX-License-Identifier: Apache-2.0
// What both sides have in common: frames that are no whole IP packet.
#include "steering_fixture.h"

namespace xesp::test {
namespace {

using SteeringMalformed = SteeringFixture;

TEST_F(SteeringMalformed, OtherProtocolsPass) {
  for (const Side side : {Side::kInside, Side::kOutside})
    for (const uint16_t type : {0x0806 /* ARP */, 0x88cc /* LLDP */, 0x0026 /* 802.3 length */})
      expect(side, {"type " + std::to_string(type), other_frame(type), XDP_PASS, XESP_STEER_PASS_NON_IP});
}

// Cut at every length, from an Ethernet header (the least that a test run takes) to one byte less than whole.
TEST_F(SteeringMalformed, CutAtEveryLength) {
  const Bytes plain = Ipv4Frame{.header_words = 7}.build();
  const Bytes tagged = Ipv4Frame{.vlan_types = {0x88a8, 0x8100}}.build();
  const Bytes esp = Ipv4Frame{.dst = "192.0.2.1", .protocol = 50, .payload = esp_payload(0x1001)}.build();
  const Bytes plain6 = Ipv6Frame{}.build();
  const Bytes chain6 = Ipv6Frame{.vlan_types = {0x8100},
                                 .extensions = {extension(0), extension(43, 2), fragment_header(1), extension(60, 1)}}
                           .build();
  const Bytes esp6 = Ipv6Frame{.dst = "2001:db8::1", .protocol = 50, .payload = esp_payload(0x1006)}.build();
  const Bytes udp_esp = udp_payload(4500, esp_payload(0x1001));
  const Bytes udp = Ipv4Frame{.dst = "192.0.2.1", .protocol = 17, .payload = udp_esp}.build();
  const Bytes udp6 = Ipv6Frame{.dst = "2001:db8::1", .protocol = 17, .payload = udp_esp}.build();
  for (const Bytes& whole : {plain, tagged, esp, plain6, chain6, esp6, udp, udp6}) {
    for (size_t length = 14; length < whole.size(); ++length) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(length));
      const std::string what = std::to_string(length) + " of " + std::to_string(whole.size());
      expect(Side::kInside, {what, cut, XDP_DROP, XESP_STEER_DROP_MALFORMED});
      expect(Side::kOutside, {what, cut, XDP_DROP, XESP_STEER_DROP_MALFORMED});
    }
  }
}

TEST_F(SteeringMalformed, BadHeaders) {
  const Case cases[] = {
      {"version 6", Ipv4Frame{.version = 6}.build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"version 0", Ipv4Frame{.version = 0}.build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"header of 4 words", Ipv4Frame{.header_words = 4}.build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"total length beyond the frame", Ipv4Frame{.length_error = 1}.build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"total length below the header", Ipv4Frame{.payload = {}, .length_error = -1}.build(), XDP_DROP,
       XESP_STEER_DROP_MALFORMED},
      {"total length 0", Ipv4Frame{.payload = {}, .length_error = -20}.build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"options beyond the total length", Ipv4Frame{.header_words = 15, .length_error = -41}.build(), XDP_DROP,
       XESP_STEER_DROP_MALFORMED},
      {"IPv6: version 4", Ipv6Frame{.version = 4}.build(), XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"IPv6: payload length beyond the frame", Ipv6Frame{.length_error = 1}.build(), XDP_DROP,
       XESP_STEER_DROP_MALFORMED},
      {"IPv6: extension header beyond the payload length",
       Ipv6Frame{.extensions = {extension(0, 2)}, .payload = {}, .length_error = -1}.build(), XDP_DROP,
       XESP_STEER_DROP_MALFORMED},
      {"IPv6: it begins in the link's padding", Ipv6Frame{.protocol = 60, .payload = Bytes(7), .padding = 33}.build(),
       XDP_DROP, XESP_STEER_DROP_MALFORMED},
      {"IPv6: jumbogram", Ipv6Frame{.extensions = {extension(0)}, .payload = {}, .length_error = -8}.build(), XDP_DROP,
       XESP_STEER_DROP_MALFORMED},
      {"IPv6: a first fragment without its whole chain (RFC 7112)",
       Ipv6Frame{.extensions = {fragment_header(1), extension(60, 3)}, .payload = {}, .length_error = -8}.build(),
       XDP_DROP, XESP_STEER_DROP_MALFORMED},
  };
  for (const Case& c : cases) {
    expect(Side::kInside, c);
    expect(Side::kOutside, c);
  }
}

}  // namespace
}  // namespace xesp::test
