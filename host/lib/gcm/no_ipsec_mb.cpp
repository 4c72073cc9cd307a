// SPDX-License-Identifier: Apache-2.0
// In the place of ipsec_mb_aead.cpp where the build did not find the library.
#include "gcm/ipsec_mb_aead.h"
#include "xesp/error.h"

namespace xesp {

const std::string& why_no_ipsec_mb() {
  static const std::string reason =
      "intel-ipsec-mb: this build has none: install libipsec-mb-dev and build anew, or use OpenSSL";
  return reason;
}

namespace gcm {

std::unique_ptr<Aead> make_ipsec_mb_aead(std::span<const uint8_t>) {
  throw Error(ErrorCode::kUnavailable, why_no_ipsec_mb());
}

std::string ipsec_mb_version() {
  return {};
}

}  // namespace gcm
}  // namespace xesp
