// SPDX-License-Identifier: Apache-2.0
#include "leases/key_fingerprint.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "xesp/error.h"

namespace xesp {

KeyFingerprint fingerprint_of(const SaConfig& sa) {
  constexpr std::string_view kDomain = "xesp sequence lease: AES-256-GCM key and salt, v1";
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> ctx(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<uint8_t, 32> digest{};
  if (!ctx || EVP_DigestInit_ex(ctx.get(), EVP_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(ctx.get(), kDomain.data(), kDomain.size()) != 1 ||
      EVP_DigestUpdate(ctx.get(), sa.key.bytes().data(), sa.key.size()) != 1 ||
      EVP_DigestUpdate(ctx.get(), sa.salt.bytes().data(), sa.salt.size()) != 1 ||
      EVP_DigestUpdate(ctx.get(), sa.auth_key.bytes().data(), sa.auth_key.size()) != 1 ||
      EVP_DigestFinal_ex(ctx.get(), digest.data(), nullptr) != 1)
    throw Error(ErrorCode::kSoftware, "OpenSSL refuses SHA-256: check its configuration");
  KeyFingerprint cut;
  std::copy_n(digest.begin(), cut.size(), cut.begin());
  return cut;
}

}  // namespace xesp
