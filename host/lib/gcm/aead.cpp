// SPDX-License-Identifier: Apache-2.0
#include "gcm/aead.h"

#include "gcm/ipsec_mb_aead.h"
#include "gcm/openssl_aead.h"
#include "xesp/error.h"

namespace xesp::gcm {

std::unique_ptr<Aead> Aead::make(Crypto crypto, Use use, std::span<const uint8_t> key, Kind kind) {
  if (crypto == Crypto::kIpsecMb && !why_no_ipsec_mb().empty()) throw Error(ErrorCode::kUnavailable, why_no_ipsec_mb());
  if (crypto == Crypto::kAuto && why_no_ipsec_mb().empty()) crypto = Crypto::kIpsecMb;
  if (crypto == Crypto::kIpsecMb && kind == Kind::kAesGcm) return make_ipsec_mb_aead(key);
  return std::make_unique<OpensslAead>(use, key, kind);
}

}  // namespace xesp::gcm
