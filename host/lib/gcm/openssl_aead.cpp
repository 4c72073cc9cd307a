// SPDX-License-Identifier: Apache-2.0
#include "gcm/openssl_aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "xesp/error.h"

namespace xesp::gcm {

namespace {

void must(int result) {
  if (result != 1) throw Error(ErrorCode::kSoftware, "OpenSSL refuses AES-GCM: check its configuration");
}

// Looked up once: with EVP_aes_256_gcm() and the like OpenSSL 3 looks its provider up for each key.
const EVP_CIPHER* fetched(const char* name) {
  EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  must(cipher != nullptr);
  return cipher;
}

const EVP_CIPHER* gcm_with(size_t key_bytes) {
  static const EVP_CIPHER* const of_128 = fetched("AES-128-GCM");
  static const EVP_CIPHER* const of_192 = fetched("AES-192-GCM");
  static const EVP_CIPHER* const of_256 = fetched("AES-256-GCM");
  switch (key_bytes) {
    case 16:
      return of_128;
    case 24:
      return of_192;
    case 32:
      return of_256;
    default:
      throw Error(ErrorCode::kSoftware, "AES-GCM with a key that is not 16, 24 or 32 bytes");
  }
}

}  // namespace

void OpensslAead::Free::operator()(evp_cipher_ctx_st* ctx) const noexcept {
  EVP_CIPHER_CTX_free(ctx);
}

OpensslAead::OpensslAead(Use use, std::span<const uint8_t> key, Kind kind) : ctx_(EVP_CIPHER_CTX_new()) {
  if (!ctx_) throw Error(ErrorCode::kSoftware, "no memory for a key");
  const bool gcm = kind == Kind::kAesGcm;
  if (!gcm && key.size() != 32) throw Error(ErrorCode::kSoftware, "ChaCha20-Poly1305 with a key that is not 32 bytes");
  must(EVP_CipherInit_ex(ctx_.get(), gcm ? gcm_with(key.size()) : EVP_chacha20_poly1305(), nullptr, key.data(), nullptr,
                         use == Use::kSeal));
}

void OpensslAead::start_seal(std::span<const uint8_t> nonce) {
  must(EVP_EncryptInit_ex(ctx_.get(), nullptr, nullptr, nullptr, nonce.data()));
}

bool OpensslAead::start_open(std::span<const uint8_t> nonce, std::span<const uint8_t> tag) {
  std::array<uint8_t, kTagBytes> expected;  // OpenSSL takes the tag as a mutable pointer
  if (tag.size() > expected.size()) return false;
  std::ranges::copy(tag, expected.begin());
  must(EVP_DecryptInit_ex(ctx_.get(), nullptr, nullptr, nullptr, nonce.data()));
  must(EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), expected.data()));
  return true;
}

void OpensslAead::add_aad(std::span<const uint8_t> aad) {
  int done = 0;
  if (!aad.empty()) must(EVP_CipherUpdate(ctx_.get(), nullptr, &done, aad.data(), static_cast<int>(aad.size())));
}

void OpensslAead::finish_seal(uint8_t* end, std::span<uint8_t> tag) {
  int done = 0;
  must(EVP_EncryptFinal_ex(ctx_.get(), end, &done));
  must(EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()));
}

void OpensslAead::seal_from(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> head,
                            std::span<uint8_t> text, std::span<uint8_t> tag) {
  int done = 0;
  const std::span<uint8_t> rest = text.subspan(head.size());
  start_seal(nonce);
  add_aad(aad);
  if (!head.empty())
    must(EVP_EncryptUpdate(ctx_.get(), text.data(), &done, head.data(), static_cast<int>(head.size())));
  if (!rest.empty())
    must(EVP_EncryptUpdate(ctx_.get(), rest.data(), &done, rest.data(), static_cast<int>(rest.size())));
  finish_seal(text.data() + text.size(), tag);
}

bool OpensslAead::open(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> cipher,
                       std::span<const uint8_t> tag, uint8_t* plain) {
  int done = 0;
  if (!start_open(nonce, tag)) return false;
  add_aad(aad);
  if (!cipher.empty())
    must(EVP_DecryptUpdate(ctx_.get(), plain, &done, cipher.data(), static_cast<int>(cipher.size())));
  if (EVP_DecryptFinal_ex(ctx_.get(), plain + cipher.size(), &done) == 1) return true;
  OPENSSL_cleanse(plain, cipher.size());
  return false;
}

void OpensslAead::sign(std::span<const uint8_t> nonce, Parts parts, std::span<uint8_t> tag) {
  uint8_t none = 0;
  start_seal(nonce);
  for (const std::span<const uint8_t> part : parts) add_aad(part);
  finish_seal(&none, tag);
}

bool OpensslAead::verify(std::span<const uint8_t> nonce, Parts parts, std::span<const uint8_t> tag) {
  uint8_t none = 0;
  int done = 0;
  if (!start_open(nonce, tag)) return false;
  for (const std::span<const uint8_t> part : parts) add_aad(part);
  return EVP_DecryptFinal_ex(ctx_.get(), &none, &done) == 1;
}

}  // namespace xesp::gcm
