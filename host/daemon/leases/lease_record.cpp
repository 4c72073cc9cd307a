// SPDX-License-Identifier: Apache-2.0
#include "leases/lease_record.h"

#include <openssl/sha.h>

#include <algorithm>

namespace xesp {

namespace {

constexpr std::array<uint8_t, 8> kMagic = {'X', 'L', 'S', '1', 0, 0, 0, 0};
constexpr size_t kKeyAt = 8;
constexpr size_t kLimitAt = 24;
constexpr size_t kChecksumAt = 32;

}  // namespace

std::array<uint8_t, LeaseRecord::kBytes> LeaseRecord::encode() const {
  std::array<uint8_t, kBytes> bytes{};
  std::ranges::copy(kMagic, bytes.begin());
  std::ranges::copy(key, bytes.begin() + kKeyAt);
  for (size_t i = 0; i < 8; ++i) bytes[kLimitAt + i] = static_cast<uint8_t>(limit >> (8 * i));
  SHA256(bytes.data(), kChecksumAt, bytes.data() + kChecksumAt);
  return bytes;
}

std::optional<LeaseRecord> LeaseRecord::decode(std::span<const uint8_t> bytes) {
  if (bytes.size() != kBytes || !std::ranges::equal(bytes.first(kMagic.size()), kMagic)) return std::nullopt;
  std::array<uint8_t, SHA256_DIGEST_LENGTH> checksum{};
  SHA256(bytes.data(), kChecksumAt, checksum.data());
  if (!std::ranges::equal(checksum, bytes.subspan(kChecksumAt))) return std::nullopt;
  LeaseRecord record;
  std::ranges::copy(bytes.subspan(kKeyAt, record.key.size()), record.key.begin());
  for (size_t i = 0; i < 8; ++i) record.limit |= uint64_t{bytes[kLimitAt + i]} << (8 * i);
  return record;
}

std::optional<KeyFingerprint> LeaseRecord::key_in(std::span<const uint8_t> damaged) {
  KeyFingerprint key{};
  if (damaged.size() < kKeyAt + key.size()) return std::nullopt;
  std::ranges::copy(damaged.subspan(kKeyAt, key.size()), key.begin());
  return key;
}

}  // namespace xesp
