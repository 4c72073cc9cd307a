// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_EBPF_FRAME_BUILDER_H
#define XESP_TESTS_EBPF_FRAME_BUILDER_H

#include <cstdint>
#include <string>
#include <vector>

namespace xesp::test {

using Bytes = std::vector<uint8_t>;

/// An Ethernet frame with an IPv4 packet, field by field; what is not set is that of an ordinary packet.
struct Ipv4Frame {
  std::vector<uint16_t> vlan_types = {};  ///< 0x8100 or 0x88a8, the outermost first
  std::string src = "10.1.0.5";
  std::string dst = "10.2.0.5";
  uint8_t protocol = 6;
  uint8_t version = 4;
  unsigned header_words = 5;  ///< more than 5: options of zeroes (end of list)
  uint16_t fragment = 0;      ///< flags and offset, host order
  Bytes payload = Bytes(40);
  unsigned padding = 0;  ///< link padding behind the packet
  int length_error = 0;  ///< added to the total length

  Bytes build() const;
};

/// An IPv6 extension header: its type, and its bytes behind the first one, which says what follows.
struct Extension {
  uint8_t type;
  Bytes body;
};
/// Options or a routing header of 8 * (1 + `units`) bytes.
Extension extension(uint8_t type, uint8_t units = 0);
Extension fragment_header(uint16_t offset_and_more);

struct Ipv6Frame {
  std::vector<uint16_t> vlan_types = {};
  std::string src = "2001:db8:1::5";
  std::string dst = "2001:db8:2::5";
  uint8_t protocol = 6;
  uint8_t version = 6;
  uint8_t hop_limit = 64;
  std::vector<Extension> extensions = {};
  Bytes payload = Bytes(40);
  unsigned padding = 0;
  int length_error = 0;  ///< added to the payload length

  Bytes build() const;
};

Bytes udp_payload(uint16_t port, const Bytes& data);
Bytes esp_payload(uint32_t spi);
/// A frame of another EtherType.
Bytes other_frame(uint16_t type);

}  // namespace xesp::test
#endif
