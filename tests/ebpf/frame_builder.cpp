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
  out.insert(out.end(), bytes.begin(), bytes.begin() + (text.find(':') == std::string::npos ? 4 : 16));
}

Bytes link_header(const std::vector<uint16_t>& vlan_types, uint16_t type) {
  Bytes out(12, 0x02);
  for (const uint16_t tag : vlan_types) {
    be16(out, tag);
    be16(out, 100);
  }
  be16(out, type);
  return out;
}

}  // namespace

Bytes Ipv4Frame::build() const {
  Bytes out = link_header(vlan_types, 0x0800);
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

Extension extension(uint8_t type, uint8_t units) {
  Bytes body(7 + 8 * size_t{units});
  body[0] = units;
  return {type, body};
}

Extension fragment_header(uint16_t offset_and_more) {
  Bytes body{0};
  be16(body, offset_and_more);
  body.resize(7, 0x77);  // the identification
  return {44, body};
}

Bytes Ipv6Frame::build() const {
  Bytes chain;
  for (size_t i = 0; i < extensions.size(); ++i) {
    chain.push_back(i + 1 < extensions.size() ? extensions[i + 1].type : protocol);
    chain.insert(chain.end(), extensions[i].body.begin(), extensions[i].body.end());
  }
  Bytes out = link_header(vlan_types, 0x86dd);
  be16(out, static_cast<unsigned>(version << 12));
  be16(out, 0);
  be16(out, static_cast<unsigned>(static_cast<int>(chain.size() + payload.size()) + length_error));
  out.push_back(extensions.empty() ? protocol : extensions[0].type);
  out.push_back(hop_limit);
  address(out, src);
  address(out, dst);
  out.insert(out.end(), chain.begin(), chain.end());
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
  Bytes out = link_header({}, type);
  out.resize(60);
  return out;
}

}  // namespace xesp::test
