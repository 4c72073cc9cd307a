// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_VECTORS_GCM_FEED_H
#define XESP_TESTS_VECTORS_GCM_FEED_H

#include <cstdint>
#include <span>
#include <vector>

#include "streams.h"

namespace xesp::test {

using Octets = std::vector<uint8_t>;

/// A message for the GCM pair, as words of its streams.
struct GcmWords {
  std::vector<ap_uint<streams::kPtBits>> pt;
  ap_uint<streams::kKeyBits> key;
  ap_uint<streams::kHpBits> hp;
};

/// Any GCM message with a 96-bit IV: `aad` in beats of its own in front of the text, or as the first block where it
/// fits there and `first_block` says so.
GcmWords gcm_message(const Octets& key, const Octets& iv, const Octets& aad, const Octets& text, bool decrypt,
                     bool first_block);

/// What the card makes of an ESP packet (hls/kernels/aad.h); `text` is whole words.
struct EspCase {
  Octets key, nonce;  ///< the nonce is salt and IV
  uint32_t spi;
  uint64_t number;
  bool gmac, esn, decrypt;
  Octets text;
};
GcmWords esp_message(const EspCase& c);

}  // namespace xesp::test
#endif
