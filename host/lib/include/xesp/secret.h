// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SECRET_H
#define XESP_SECRET_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace xesp {

/// Key material of up to 64 bytes: never printed, wiped (OPENSSL_cleanse) when it goes or is moved from, held in pages
/// that are locked and left out of core dumps where the system lets us. Copying is explicit (clone()).
class Secret {
 public:
  static constexpr size_t kCapacity = 64;

  Secret() = default;
  explicit Secret(std::span<const uint8_t> bytes);  ///< @throws Error(kData) beyond kCapacity
  /// "0x..." hexadecimal, as `ip xfrm` takes it. @throws Error(kData) that says what is wrong but not the text.
  static Secret from_hex(std::string_view text);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  Secret clone() const;
  size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::span<const uint8_t> bytes() const noexcept { return {data_, size_}; }  ///< valid while this lives, unmoved

 private:
  uint8_t* data_ = nullptr;  ///< kCapacity bytes of locked memory, owned
  size_t size_ = 0;
};

}  // namespace xesp
#endif
