// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_GCM_HASH_POWERS_H
#define XESP_GCM_HASH_POWERS_H

#include <array>
#include <cstdint>
#include <span>

#include "gcm/gf128.h"

namespace xesp::gcm {

/// The hash subkey H = E(K, 0^128) and its powers up to H^6, which the card keeps in an SA's entry. As secret as the
/// key: wiped when it goes.
struct HashPowers {
  std::array<Block, 6> power{};  ///< power[i] is H^(i+1)

  /// @throws Error(kSoftware) unless `key` has 16, 24 or 32 bytes
  explicit HashPowers(std::span<const uint8_t> key);
  ~HashPowers();
  HashPowers(const HashPowers&) = delete;
  HashPowers& operator=(const HashPowers&) = delete;
};

}  // namespace xesp::gcm
#endif
