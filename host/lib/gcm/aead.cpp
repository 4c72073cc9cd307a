// SPDX-License-Identifier: Apache-2.0
#include "gcm/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "xesp/error.h"

namespace xesp::gcm {

namespace {

constexpr size_t kTagBytes = 16;

void must(int result) {
  if (result != 1) throw Error(ErrorCode::kSoftware, "OpenSSL refuses AES-GCM: check its configuration");
}

const EVP_CIPHER* gcm_with(size_t key_bytes) {
  switch (key_bytes) {
    case 16: return EVP_aes_128_gcm();
    case 24: return EVP_aes_192_gcm();
    case 32: return EVP_aes_256_gcm();
    default: throw Error(ErrorCode::kSoftware, "AES-GCM with a key that is not 16, 24 or 32 bytes");
  }
}

}  // namespace

void Aead::Free::operator()(evp_cipher_ctx_st* ctx) const noexcept {
  EVP_CIPHER_CTX_free(ctx);
}

Aead::Aead(Use use, std::span<const uint8_t> key) : ctx_(EVP_CIPHER_CTX_new()) {
  if (!ctx_) throw Error(ErrorCode::kSoftware, "no memory for a key");
  must(EVP_CipherInit_ex(ctx_.get(), gcm_with(key.size()), nullptr, key.data(), nullptr, use == Use::kSeal));
}

void Aead::seal(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> plain,
                uint8_t* cipher, std::span<uint8_t> tag) {
  EVP_CIPHER_CTX* ctx = ctx_.get();
  int done = 0;
  must(EVP_EncryptInit_ex(ctx, nullptr, nullptr, nullptr, nonce.data()));
  must(EVP_EncryptUpdate(ctx, nullptr, &done, aad.data(), static_cast<int>(aad.size())));
  if (!plain.empty()) must(EVP_EncryptUpdate(ctx, cipher, &done, plain.data(), static_cast<int>(plain.size())));
  must(EVP_EncryptFinal_ex(ctx, cipher + plain.size(), &done));
  must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()));
}

bool Aead::open(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> cipher,
                std::span<const uint8_t> tag, uint8_t* plain) {
  EVP_CIPHER_CTX* ctx = ctx_.get();
  std::array<uint8_t, kTagBytes> expected;  // OpenSSL takes the tag as a mutable pointer
  if (tag.size() > expected.size()) return false;
  std::ranges::copy(tag, expected.begin());
  int done = 0;
  must(EVP_DecryptInit_ex(ctx, nullptr, nullptr, nullptr, nonce.data()));
  must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), expected.data()));
  must(EVP_DecryptUpdate(ctx, nullptr, &done, aad.data(), static_cast<int>(aad.size())));
  if (!cipher.empty()) must(EVP_DecryptUpdate(ctx, plain, &done, cipher.data(), static_cast<int>(cipher.size())));
  if (EVP_DecryptFinal_ex(ctx, plain + cipher.size(), &done) == 1) return true;
  OPENSSL_cleanse(plain, cipher.size());
  return false;
}

}  // namespace xesp::gcm
