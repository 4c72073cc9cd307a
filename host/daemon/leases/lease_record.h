// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LEASE_RECORD_H
#define XESP_DAEMON_LEASE_RECORD_H

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "leases/key_fingerprint.h"

namespace xesp {

/// One record of the lease journal: every sequence number up to `limit` may have been sent under this key.
/// On disk, 64 bytes: magic "XLS1", 4 bytes 0, fingerprint 16, limit as 8 bytes little-endian, SHA-256 of all these.
struct LeaseRecord {
  static constexpr size_t kBytes = 64;

  KeyFingerprint key{};
  uint64_t limit = 0;

  std::array<uint8_t, kBytes> encode() const;
  /// None if the bytes are no whole, unharmed record.
  static std::optional<LeaseRecord> decode(std::span<const uint8_t> bytes);
  /// The key that a damaged record starts with, if that much of it is there.
  static std::optional<KeyFingerprint> key_in(std::span<const uint8_t> damaged);
};

}  // namespace xesp
#endif
