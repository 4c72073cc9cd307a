// SPDX-License-Identifier: Apache-2.0
#include "pcap/link_layer.h"

#include <pcap/dlt.h>

#include <algorithm>

namespace xesp::cli {

namespace {

constexpr uint16_t kIpv4 = 0x0800;
constexpr uint16_t kIpv6 = 0x86dd;
constexpr size_t kCookedBytes = 16;

uint16_t be16(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

bool is_vlan(uint16_t type) {
  return type == 0x8100 || type == 0x88a8;
}

bool is_ip(uint16_t type) {
  return type == kIpv4 || type == kIpv6;
}

// Bytes before the network layer, or none if that is not IP.
std::optional<size_t> link_bytes(int link_type, std::span<const uint8_t> frame) {
  if (link_type == DLT_RAW || link_type == DLT_IPV4 || link_type == DLT_IPV6) return 0;
  if (link_type == DLT_LINUX_SLL)
    return frame.size() >= kCookedBytes && is_ip(be16(frame, 14)) ? std::optional(kCookedBytes) : std::nullopt;
  size_t type_at = 12;
  while (frame.size() >= type_at + 2) {
    const uint16_t type = be16(frame, type_at);
    if (is_ip(type)) return type_at + 2;
    if (!is_vlan(type)) return std::nullopt;
    type_at += 4;
  }
  return std::nullopt;
}

}  // namespace

bool knows_link_type(int link_type) {
  return link_type == DLT_EN10MB || link_type == DLT_RAW || link_type == DLT_IPV4 || link_type == DLT_IPV6 ||
         link_type == DLT_LINUX_SLL;
}

std::optional<SplitFrame> split_frame(int link_type, std::span<const uint8_t> frame) {
  const auto before = link_bytes(link_type, frame);
  if (!before || *before == frame.size()) return std::nullopt;
  SplitFrame split{frame.first(*before), frame.subspan(*before)};
  // Ethernet pads short frames; a capture that was cut short stays short, and the engine says so.
  if (link_type == DLT_EN10MB && split.ip.size() >= 20) {
    const bool v6 = split.ip[0] >> 4 == 6;
    const size_t total = v6 ? size_t{40} + be16(split.ip, 4) : be16(split.ip, 2);
    if (total >= 20) split.ip = split.ip.first(std::min(total, split.ip.size()));
  }
  return split;
}

std::vector<uint8_t> link_for(std::span<const uint8_t> link, std::span<const uint8_t> ip) {
  std::vector<uint8_t> bytes(link.begin(), link.end());
  if (bytes.size() >= 2 && !ip.empty()) {  // in Ethernet, tagged or not, and in Linux cooked the type comes last
    const uint16_t type = ip[0] >> 4 == 6 ? kIpv6 : kIpv4;
    bytes[bytes.size() - 2] = static_cast<uint8_t>(type >> 8);
    bytes[bytes.size() - 1] = static_cast<uint8_t>(type);
  }
  return bytes;
}

}  // namespace xesp::cli
