// SPDX-License-Identifier: Apache-2.0
#include "fragments.h"

#include <netinet/in.h>

#include <algorithm>
#include <utility>

#include "checksum.h"
#include "ip_packet.h"

namespace xesp::dataplane {
namespace {

constexpr uint16_t kDontFragment = 0x4000, kMoreFragments = 0x2000, kOffset = 0x1fff;
constexpr size_t kLeastHeader = 20;
constexpr size_t kIpv6Header = 40, kFragmentHeader = 8;
constexpr size_t kUnit = 8;  // of offsets
constexpr uint8_t kEndOfOptions = 0, kNoOperation = 1, kCopied = 0x80;

/// The header of a later fragment: options marked as copied stay (RFC 791 3.1), filled up to a word.
std::vector<uint8_t> later_header(std::span<const uint8_t> header) {
  std::vector<uint8_t> out(header.begin(), header.begin() + kLeastHeader);
  for (size_t i = kLeastHeader; i < header.size() && header[i] != kEndOfOptions;) {
    const size_t bytes = header[i] == kNoOperation ? 1 : i + 1 < header.size() ? header[i + 1] : 0;
    if (bytes == 0 || i + bytes > header.size() || (header[i] != kNoOperation && bytes < 2)) break;  // unreadable
    if (header[i] & kCopied) out.insert(out.end(), &header[i], &header[i] + bytes);
    i += bytes;
  }
  out.resize((out.size() + 3) / 4 * 4, kEndOfOptions);
  out[0] = static_cast<uint8_t>(0x40 | out.size() / 4);
  return out;
}

/// What stands before ESP in IPv6, and where the byte is that says what follows.
struct Front {
  size_t bytes = kIpv6Header;
  size_t next_field = 6;
};

Front read_front(std::span<const uint8_t> packet) {
  Front f;
  bool routed = false;
  for (uint8_t next = packet[f.next_field];
       next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || (next == IPPROTO_DSTOPTS && !routed);
       next = packet[f.next_field]) {
    if (packet.size() < f.bytes + kUnit) break;
    routed = routed || next == IPPROTO_ROUTING;
    f.next_field = f.bytes;
    f.bytes += (packet[f.bytes + 1] + size_t{1}) * kUnit;
  }
  f.bytes = std::min(f.bytes, packet.size());
  return f;
}

}  // namespace

bool may_be_fragmented(std::span<const uint8_t> packet) {
  return packet[0] >> 4 == 4 && (load_be16(&packet[6]) & kDontFragment) == 0;
}

size_t front_bytes(std::span<const uint8_t> packet) {
  return packet[0] >> 4 == 4 ? ipv4_header_bytes(packet) : read_front(packet).bytes;
}

std::vector<std::vector<uint8_t>> fragments_of(std::span<const uint8_t> packet, size_t mtu) {
  std::vector<std::vector<uint8_t>> out;
  const size_t first_header = ipv4_header_bytes(packet);
  if (Checksum().add(packet.first(first_header)).value() != 0) return out;
  const uint16_t word = load_be16(&packet[6]);
  size_t offset = word & kOffset;
  std::vector<uint8_t> header(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(first_header));
  for (std::span<const uint8_t> rest = packet.subspan(first_header); !rest.empty();) {
    if (mtu < header.size() + kUnit) return {};
    const size_t room = mtu - header.size();
    const size_t bytes = rest.size() <= room ? rest.size() : room / kUnit * kUnit;
    const bool more = bytes < rest.size() || (word & kMoreFragments) != 0;
    std::vector<uint8_t>& made = out.emplace_back(header);
    made.insert(made.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(bytes));
    store_be16(&made[2], made.size());
    store_be16(&made[6], (more ? kMoreFragments : 0u) | offset);
    store_be16(&made[10], 0);
    store_be16(&made[10], Checksum().add(std::span(made).first(header.size())).value());
    offset += bytes / kUnit;
    rest = rest.subspan(bytes);
    if (out.size() == 1) header = later_header(packet.first(first_header));
  }
  return out;
}

std::vector<std::vector<uint8_t>> fragments_of_v6(std::span<const uint8_t> packet, size_t mtu, uint32_t id) {
  std::vector<std::vector<uint8_t>> out;
  const Front front = read_front(packet);
  if (mtu < front.bytes + kFragmentHeader + kUnit) return out;
  const size_t room = (mtu - front.bytes - kFragmentHeader) / kUnit * kUnit;
  std::vector<uint8_t> header(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(front.bytes));
  header.resize(front.bytes + kFragmentHeader);
  header[front.bytes] = std::exchange(header[front.next_field], IPPROTO_FRAGMENT);
  store_be32(&header[front.bytes + 4], id);
  for (size_t offset = 0; front.bytes + offset < packet.size();) {
    const std::span<const uint8_t> rest = packet.subspan(front.bytes + offset);
    const size_t bytes = std::min(rest.size(), room);
    std::vector<uint8_t>& made = out.emplace_back(header);
    made.insert(made.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(bytes));
    store_be16(&made[4], made.size() - kIpv6Header);
    store_be16(&made[front.bytes + 2], offset | (bytes < rest.size() ? 1u : 0u));
    offset += bytes;
  }
  return out;
}

}  // namespace xesp::dataplane
