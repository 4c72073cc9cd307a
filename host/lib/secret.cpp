// SPDX-License-Identifier: Apache-2.0
#include "xesp/secret.h"

#include <cstring>
#include <string>
#include <utility>

#include "secret_pool.h"
#include "xesp/error.h"

namespace xesp {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void check_size(size_t size) {
  if (size > Secret::kCapacity)
    throw Error(ErrorCode::kData, "key: " + std::to_string(size) + " bytes are more than any algorithm here takes");
}

}  // namespace

Secret::Secret(std::span<const uint8_t> bytes) {
  check_size(bytes.size());
  if (bytes.empty()) return;
  data_ = secret_pool::take();
  size_ = bytes.size();
  std::memcpy(data_, bytes.data(), size_);
}

Secret Secret::from_hex(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X"))
    throw Error(ErrorCode::kData, "key: must start with 0x, followed by two hexadecimal digits for each byte");
  text.remove_prefix(2);
  if (text.empty() || text.size() % 2 != 0)
    throw Error(ErrorCode::kData,
                "key: " + std::to_string(text.size()) + " digits after 0x, must be an even number and not 0");
  check_size(text.size() / 2);
  Secret s;
  s.data_ = secret_pool::take();
  s.size_ = text.size() / 2;
  for (size_t i = 0; i < s.size_; ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0)
      throw Error(ErrorCode::kData, "key: character " + std::to_string(2 * i + (high < 0 ? 1 : 2)) +
                                        " after 0x is not a hexadecimal digit");
    s.data_[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return s;
}

Secret::~Secret() {
  if (data_) secret_pool::give_back(data_);
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  if (data_) secret_pool::give_back(data_);
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret Secret::clone() const {
  return Secret(bytes());
}

}  // namespace xesp
