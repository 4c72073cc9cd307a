// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ADDRESS_H
#define XESP_ADDRESS_H

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace xesp {

/// An IPv4 or IPv6 address in network byte order; IPv4 stands in the first 4 bytes and the rest is 0.
struct IpAddress {
  bool v6 = false;
  std::array<uint8_t, 16> bytes{};

  /// @throws Error(kData) naming the text, unless it is a dotted quad or an RFC 4291 text form.
  static IpAddress parse(std::string_view text);
  std::string str() const;
  /// 0.0.0.0 or ::.
  bool unspecified() const { return bytes == decltype(bytes){}; }
  auto operator<=>(const IpAddress&) const = default;
};

/// An address with a prefix length in bits (0..32 or 0..128); host bits are zero.
struct Prefix {
  IpAddress address;
  uint8_t length = 0;

  /// "10.1.0.0/24", "2001:db8::/32", or a bare address (full length). @throws Error(kData)
  static Prefix parse(std::string_view text);
  std::string str() const;
  bool contains(const IpAddress& a) const;
  auto operator<=>(const Prefix&) const = default;
};

}  // namespace xesp
#endif
