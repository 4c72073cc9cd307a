// SPDX-License-Identifier: Apache-2.0
#include "esp/ah.h"

#include <algorithm>

#include "esp/bytes.h"

namespace xesp::esp {

namespace {

AhShape shape_of(size_t iv_bytes, size_t icv_bytes, bool v6) {
  const size_t unit = v6 ? 8 : 4, used = kAhIv + iv_bytes + icv_bytes;
  return {kAhIv + iv_bytes, icv_bytes, (used + unit - 1) / unit * unit};
}

constexpr size_t kShortest = kAhIv + 16;  // HMAC-SHA-256 over IPv4

// Payload length of AH: in words, less two (RFC 4302 2.2).
uint8_t length_field(const AhShape& shape) {
  return static_cast<uint8_t>(shape.bytes / 4 - 2);
}

// Options of IPv4 (RFC 4302 Appendix A1). Other mutable ones become zeros, type and length too.
constexpr uint8_t kOptionEnd = 0;
constexpr uint8_t kOptionNop = 1;
constexpr uint8_t kLooseSourceRoute = 131;
constexpr uint8_t kStrictSourceRoute = 137;
constexpr uint8_t kImmutableOptions[] = {130, 133, 134, 148, 149};

bool zero_ipv4_options(std::span<uint8_t> options) {
  while (!options.empty() && options[0] != kOptionEnd) {
    const uint8_t type = options[0];
    if (type == kOptionNop) {
      options = options.subspan(1);
      continue;
    }
    // The ICV would cover the final destination, which stands in the option: not done, and no router takes these.
    if (type == kLooseSourceRoute || type == kStrictSourceRoute) return false;
    if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) return false;
    const size_t length = options[1];
    if (std::ranges::find(kImmutableOptions, type) == std::end(kImmutableOptions))
      std::ranges::fill(options.first(length), uint8_t{0});
    options = options.subspan(length);
  }
  return true;
}

// Hop-by-hop and destination options: data that may change on the way has a bit in the option's type (RFC 8200 4.2).
bool zero_ipv6_options(std::span<uint8_t> options) {
  constexpr uint8_t kPad1 = 0, kMayChange = 0x20;
  while (!options.empty()) {
    if (options[0] == kPad1) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2 || options.size() < 2u + options[1]) return false;
    if (options[0] & kMayChange) std::ranges::fill(options.subspan(2, options[1]), uint8_t{0});
    options = options.subspan(2u + options[1]);
  }
  return true;
}

bool zero_ipv6_extensions(std::span<uint8_t> header) {
  uint8_t type = header[kIp6NextHeader];
  for (size_t at = abi::kIpv6HeaderBytes; at < header.size();) {
    // The ICV would cover what a routing header becomes at the end of its way: not done.
    if (type == kProtoRouting) return false;
    const size_t length = (header[at + 1] + size_t{1}) * 8;
    if (!zero_ipv6_options(header.subspan(at + 2, length - 2))) return false;
    type = header[at];
    at += length;
  }
  return true;
}

}  // namespace

AhShape ah_shape(const SaConfig& sa, bool v6) {
  return shape_of(iv_bytes(sa), sa.icv_bytes(), v6);
}

void write_ah(uint8_t* out, const SaConfig& sa, bool v6, uint64_t seq, uint8_t next_header) {
  const AhShape shape = ah_shape(sa, v6);
  std::fill_n(out, shape.bytes, uint8_t{0});
  out[kAhNextHeader] = next_header;
  out[kAhLength] = length_field(shape);
  write_esp_header(out + kAhSpi, sa, seq);
}

bool zero_mutable(std::span<uint8_t> header) {
  if (header[0] >> 4 == 6) {
    store_be32(header.data(), 0x60000000);  // without traffic class and flow label
    header[kIp6HopLimit] = 0;
    return zero_ipv6_extensions(header);
  }
  header[kIpTos] = 0;
  header[kIpTtl] = 0;
  store_be16(&header[kIpFragment], 0);
  store_be16(&header[kIpChecksum], 0);
  return zero_ipv4_options(header.subspan(abi::kIpv4HeaderBytes));
}

abi::DropReason check_ah_options(std::span<const uint8_t> packet, const IpHeader& ip) {
  std::array<uint8_t, abi::kMaxIpHeaderBytes> header{};
  std::copy_n(packet.begin(), ip.bytes, header.begin());
  return zero_mutable({header.data(), ip.bytes}) ? abi::kOk : abi::kDropIpOptions;
}

abi::DropReason check_ah(std::span<const uint8_t> packet, const IpHeader& ip) {
  if (const abi::DropReason options = check_ah_options(packet, ip); options != abi::kOk) return options;
  return packet.size() < ip.bytes + kShortest ? abi::kDropShort : abi::kOk;
}

abi::DropReason check_ah_shape(std::span<const uint8_t> packet, const IpHeader& ip, const AhShape& shape) {
  if (packet.size() < ip.bytes + shape.bytes) return abi::kDropShort;
  return packet[ip.bytes + kAhLength] == length_field(shape) ? abi::kOk : abi::kDropLength;
}

abi::DropReason check_gmac_shape(std::span<const uint8_t> packet, const IpHeader& ip) {
  return check_ah_shape(packet, ip, shape_of(abi::kEspHeaderBytes - kEspIv, abi::kIcvBytes, ip.v6));
}

AhFront ah_front(std::span<const uint8_t> packet, size_t ip_bytes, const AhShape& shape) {
  AhFront front;
  front.size = ip_bytes + shape.bytes;
  std::copy_n(packet.begin(), front.size, front.bytes.begin());
  const std::span<uint8_t> all(front.bytes);
  (void)zero_mutable(all.first(ip_bytes));
  std::ranges::fill(all.subspan(ip_bytes + kAhIv, shape.icv_at - kAhIv + shape.icv_bytes), uint8_t{0});
  return front;
}

AhTail ah_tail(const SaConfig& sa, uint64_t seq) {
  AhTail tail;
  store_be32(tail.bytes.data(), static_cast<uint32_t>(seq >> 32));
  tail.size = sa.esn ? tail.bytes.size() : 0;
  return tail;
}

}  // namespace xesp::esp
