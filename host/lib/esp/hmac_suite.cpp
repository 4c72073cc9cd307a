// SPDX-License-Identifier: Apache-2.0
#include "esp/hmac_suite.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "xesp/error.h"

namespace xesp::esp {

namespace {

void must(int result) {
  if (result != 1) throw Error(ErrorCode::kSoftware, "OpenSSL refuses AES-CBC or HMAC: check its configuration");
}

const EVP_CIPHER* cbc_with(size_t key_bytes) {
  return key_bytes == 16 ? EVP_aes_128_cbc() : key_bytes == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

const char* digest_of(Integrity integrity) {
  switch (integrity) {
    case Integrity::kHmacSha256:
      return "SHA256";
    case Integrity::kHmacSha384:
      return "SHA384";
    case Integrity::kHmacSha512:
      return "SHA512";
    case Integrity::kOfCipher:
      break;
  }
  throw Error(ErrorCode::kSoftware, "an HMAC suite without an HMAC");
}

}  // namespace

void HmacSuite::Free::operator()(evp_cipher_ctx_st* ctx) const noexcept {
  EVP_CIPHER_CTX_free(ctx);
}
void HmacSuite::Free::operator()(evp_mac_ctx_st* ctx) const noexcept {
  EVP_MAC_CTX_free(ctx);
}

HmacSuite::HmacSuite(const SaConfig& sa) {
  if (sa.cipher == Cipher::kAesCbc) {
    cipher_.reset(EVP_CIPHER_CTX_new());
    if (!cipher_) throw Error(ErrorCode::kSoftware, "no memory for a key");
    must(EVP_CipherInit_ex(cipher_.get(), cbc_with(sa.key.size()), nullptr, sa.key.bytes().data(), nullptr,
                           sa.direction == Direction::kOut));
    must(EVP_CIPHER_CTX_set_padding(cipher_.get(), 0));
  }
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  mac_.reset(hmac ? EVP_MAC_CTX_new(hmac) : nullptr);
  EVP_MAC_free(hmac);
  if (!mac_) throw Error(ErrorCode::kSoftware, "OpenSSL has no HMAC: check its configuration");
  const OSSL_PARAM digest[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest_of(sa.integrity)), 0),
      OSSL_PARAM_construct_end()};
  must(EVP_MAC_init(mac_.get(), sa.auth_key.bytes().data(), sa.auth_key.size(), digest));
}

void HmacSuite::encrypt(std::span<uint8_t> iv, std::span<uint8_t> text) {
  if (!cipher_) return;
  int done = 0;
  must(RAND_bytes(iv.data(), static_cast<int>(iv.size())));
  must(EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, iv.data()));
  must(EVP_EncryptUpdate(cipher_.get(), text.data(), &done, text.data(), static_cast<int>(text.size())));
}

void HmacSuite::decrypt(std::span<const uint8_t> iv, std::span<const uint8_t> cipher, uint8_t* plain) {
  if (!cipher_) {
    std::ranges::copy(cipher, plain);
    return;
  }
  int done = 0;
  must(EVP_DecryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, iv.data()));
  must(EVP_DecryptUpdate(cipher_.get(), plain, &done, cipher.data(), static_cast<int>(cipher.size())));
}

void HmacSuite::sign(Parts parts, std::span<uint8_t> icv) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written below, on every packet's way.
  std::array<uint8_t, EVP_MAX_MD_SIZE> whole;
  size_t size = 0;
  must(EVP_MAC_init(mac_.get(), nullptr, 0, nullptr));  // the same key again
  for (const std::span<const uint8_t> part : parts) must(EVP_MAC_update(mac_.get(), part.data(), part.size()));
  must(EVP_MAC_final(mac_.get(), whole.data(), &size, whole.size()));
  std::copy_n(whole.begin(), std::min(size, icv.size()), icv.begin());
}

bool HmacSuite::verify(Parts parts, std::span<const uint8_t> icv) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> computed{};
  sign(parts, std::span(computed).first(icv.size()));
  return CRYPTO_memcmp(computed.data(), icv.data(), icv.size()) == 0;
}

}  // namespace xesp::esp
