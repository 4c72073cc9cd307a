// SPDX-License-Identifier: Apache-2.0
#include "frame_builder.h"

#include "xesp/address.h"

namespace xesp::test {
namespace {

void be16(Bytes& out, unsigned v) {
  out.push_back(static_cast<uint8_t>(v >> 8));
  out.push_back(static_cast<uint8_t>(v));
}

void address(Bytes& out, const std::string& text) {
  const auto bytes = IpAddress::parse(text).bytes;
  out.insert(out.end(), bytes.begin(), bytes.begin() + 4);
}

}  // namespace

Bytes Ipv4Frame::build() const {
  Bytes out(12, 0x02);
  for (const uint16_t type : vlan_types) {
    be16(out, type);
    be16(out, 100);
  }
  be16(out, 0x0800);
  const unsigned header = header_words * 4;
  out.push_back(static_cast<uint8_t>(version << 4 | header_words));
  out.push_back(0);
  be16(out, static_cast<unsigned>(static_cast<int>(header + payload.size()) + length_error));
  be16(out, 0);
  be16(out, fragment);
  out.push_back(64);
  out.push_back(protocol);
  be16(out, 0);
  address(out, src);
  address(out, dst);
  if (header_words > 5) out.resize(out.size() + header - 20);
  out.insert(out.end(), payload.begin(), payload.end());
  out.resize(out.size() + padding);
  return out;
}

Bytes udp_payload(uint16_t port, const Bytes& data) {
  Bytes out;
  be16(out, 40000);
  be16(out, port);
  be16(out, static_cast<unsigned>(8 + data.size()));
  be16(out, 0);
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

Bytes esp_payload(uint32_t spi) {
  Bytes out;
  be16(out, spi >> 16);
  be16(out, spi & 0xffff);
  out.resize(64);
  return out;
}

Bytes other_frame(uint16_t type) {
  Bytes out(12, 0x02);
  be16(out, type);
  out.resize(60);
  return out;
}

}  // namespace xesp::test
