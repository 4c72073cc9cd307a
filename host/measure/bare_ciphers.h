// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_MEASURE_BARE_CIPHERS_H
#define XESP_MEASURE_BARE_CIPHERS_H

#include <cstdint>
#include <memory>
#include <span>

#include "xesp/crypto.h"

namespace xesp::measure {

/// AES-GCM and nothing else, as `openssl speed -evp aes-256-gcm -aead` and intel-ipsec-mb's own performance program do
/// it: a key that was set once; nonce, 8 bytes of AAD, text and tag for each packet.
class Bare {
 public:
  virtual ~Bare() = default;
  virtual void seal(std::span<const uint8_t> clear, uint8_t* out, uint64_t number) = 0;
};

/// By OpenSSL or, where why_no_ipsec_mb() is empty, intel-ipsec-mb. Keys of 16 or 32 bytes.
std::unique_ptr<Bare> make_bare(Crypto crypto, size_t key_bytes);

}  // namespace xesp::measure
#endif
