// SPDX-License-Identifier: Apache-2.0
#include "xesp/address.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

#include "xesp/error.h"

namespace xesp {

namespace {

[[noreturn]] void bad_address(std::string_view text) {
  throw Error(ErrorCode::kData,
              "'" + std::string(text) + "' is not an address: give one like 192.0.2.1 or 2001:db8::1");
}

unsigned address_bits(const IpAddress& a) {
  return a.v6 ? 128 : 32;
}

// Bit `i`, counted from the most significant one of the first byte.
bool bit(const IpAddress& a, unsigned i) {
  return (a.bytes[i / 8] >> (7 - i % 8)) & 1;
}

}  // namespace

IpAddress IpAddress::parse(std::string_view text) {
  IpAddress a;
  a.v6 = text.find(':') != std::string_view::npos;
  const std::string copy(text);  // inet_pton wants a terminated string
  if (copy.size() != std::strlen(copy.c_str())) bad_address(text);
  if (inet_pton(a.v6 ? AF_INET6 : AF_INET, copy.c_str(), a.bytes.data()) != 1) bad_address(text);
  return a;
}

std::string IpAddress::str() const {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), text, sizeof text);
}

Prefix Prefix::parse(std::string_view text) {
  const size_t slash = text.find('/');
  Prefix p;
  p.address = IpAddress::parse(text.substr(0, slash));
  const unsigned bits = address_bits(p.address);
  unsigned length = bits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length > bits)
      throw Error(ErrorCode::kData,
                  "prefix length in '" + std::string(text) + "' must be a number from 0 to " + std::to_string(bits));
  }
  p.length = static_cast<uint8_t>(length);
  for (unsigned i = length; i < bits; ++i)
    if (bit(p.address, i))
      throw Error(ErrorCode::kData, "prefix '" + std::string(text) +
                                        "' has bits set after its length: clear them or give a longer length");
  return p;
}

std::string Prefix::str() const {
  return address.str() + "/" + std::to_string(length);
}

bool Prefix::contains(const IpAddress& a) const {
  if (a.v6 != address.v6) return false;
  const size_t whole = length / 8;
  const unsigned rest = length % 8;
  if (std::memcmp(a.bytes.data(), address.bytes.data(), whole) != 0) return false;
  return rest == 0 || (a.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0;
}

}  // namespace xesp
