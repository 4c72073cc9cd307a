// SPDX-License-Identifier: Apache-2.0
#include "mss_clamp.h"

#include <netinet/in.h>

#include "checksum.h"
#include "ip_packet.h"

namespace xesp::dataplane {
namespace {

constexpr size_t kIpv4Header = 20, kIpv6Header = 40, kTcpHeader = 20;
constexpr size_t kFlags = 13, kTcpChecksum = 16;
constexpr uint8_t kSyn = 2;
constexpr uint8_t kEndOfOptions = 0, kNoOperation = 1, kMss = 2, kMssBytes = 4;

/// The TCP segment of a whole packet, or nothing. Behind extension headers none is looked for.
std::span<uint8_t> tcp_of(std::span<uint8_t> packet) {
  if (packet[0] >> 4 == 6) return packet[6] == IPPROTO_TCP ? packet.subspan(kIpv6Header) : std::span<uint8_t>();
  if (packet[9] != IPPROTO_TCP || (load_be16(&packet[6]) & 0x3fff) != 0) return {};
  return packet.subspan(ipv4_header_bytes(packet));
}

/// A change of two bytes may lie across two of the checksum's words.
void change(std::span<uint8_t> tcp, size_t at, uint16_t value) {
  const size_t first = at & ~size_t{1}, last = (at + 1) & ~size_t{1};
  const uint16_t before[2] = {load_be16(&tcp[first]), load_be16(&tcp[last])};
  store_be16(&tcp[at], value);
  uint16_t sum = changed_checksum(load_be16(&tcp[kTcpChecksum]), before[0], load_be16(&tcp[first]));
  if (last != first) sum = changed_checksum(sum, before[1], load_be16(&tcp[last]));
  store_be16(&tcp[kTcpChecksum], sum);
}

}  // namespace

bool clamp_mss(std::span<uint8_t> packet, size_t mtu) {
  const size_t headers = (packet[0] >> 4 == 6 ? kIpv6Header : kIpv4Header) + kTcpHeader;
  const std::span<uint8_t> tcp = tcp_of(packet);
  if (mtu <= headers || mtu - headers > 0xffff || tcp.size() < kTcpHeader || !(tcp[kFlags] & kSyn)) return false;
  const size_t end = (tcp[12] >> 4) * size_t{4};
  if (end > tcp.size()) return false;
  for (size_t i = kTcpHeader; i < end && tcp[i] != kEndOfOptions;) {
    if (tcp[i] == kNoOperation) {
      ++i;
      continue;
    }
    if (i + 1 >= end || tcp[i + 1] < 2 || i + tcp[i + 1] > end) return false;
    if (tcp[i] == kMss && tcp[i + 1] == kMssBytes) {
      if (load_be16(&tcp[i + 2]) <= mtu - headers) return false;
      change(tcp, i + 2, static_cast<uint16_t>(mtu - headers));
      return true;
    }
    i += tcp[i + 1];
  }
  return false;
}

}  // namespace xesp::dataplane
