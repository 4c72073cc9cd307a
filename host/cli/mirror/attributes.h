// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_ATTRIBUTES_H
#define XESP_CLI_MIRROR_ATTRIBUTES_H

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <type_traits>

#include "xesp/error.h"

namespace xesp::mirror {

using Bytes = std::span<const uint8_t>;

/// The fixed part at the front of `bytes`, whatever its alignment. @throws Error(kData) if it is cut short
template <typename T>
T front_of(Bytes bytes, const char* what) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < sizeof(T)) throw Error(ErrorCode::kData, std::string("XFRM message: ") + what + " is cut short");
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// The attributes behind a message's fixed part, each once. Views of the message's bytes.
class Attributes {
 public:
  /// @throws Error(kData) if a length does not fit, an attribute comes twice, or bytes are left over
  explicit Attributes(Bytes bytes);

  std::optional<Bytes> find(uint16_t type) const;
  /// A value of exactly this size. @throws Error(kData)
  template <typename T>
  std::optional<T> value(uint16_t type, const char* what) const {
    const std::optional<Bytes> found = find(type);
    if (!found) return std::nullopt;
    if (found->size() != sizeof(T))
      throw Error(ErrorCode::kData, std::string("XFRM message: ") + what + " has a wrong length");
    return front_of<T>(*found, what);
  }
  const std::map<uint16_t, Bytes>& all() const { return all_; }

 private:
  std::map<uint16_t, Bytes> all_;
};

/// The payload behind a fixed part of this size, which is padded to 4 bytes.
Bytes behind(Bytes payload, size_t fixed);

}  // namespace xesp::mirror
#endif
