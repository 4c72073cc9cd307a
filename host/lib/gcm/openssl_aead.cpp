// SPDX-License-Identifier: Apache-2.0
#include "gcm/openssl_aead.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

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

// A whole nonce as a parameter, as EVP_CTRL_GCM_SET_IV_FIXED with -1 gives it. EVP_CipherInit_ex() asks the cipher by
// name for the nonce's length each time, which takes a tenth of a packet's time.
OSSL_PARAM nonce_parameter(const uint8_t* nonce) {
  return OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, const_cast<uint8_t*>(nonce),
                                           ~size_t{0});
}

// Whether this OpenSSL takes it so, and begins anew with it: asked, for a provider that does not know the parameter may
// well ignore it, and a nonce must never come twice.
bool takes_nonce_parameter() {
  constexpr std::array<uint8_t, 16> kKey{1}, kText{2};
  constexpr std::array<uint8_t, 12> kNonces[] = {{3}, {4}, {5}};
  using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
  const Context one(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free), other(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (!one || !other) return false;
  for (EVP_CIPHER_CTX* ctx : {one.get(), other.get()})
    must(EVP_EncryptInit_ex(ctx, gcm_with(kKey.size()), nullptr, kKey.data(), nullptr));
  const auto sealed = [&](EVP_CIPHER_CTX* ctx, std::array<uint8_t, 32>& out) {
    int done = 0;
    return EVP_EncryptUpdate(ctx, out.data(), &done, kText.data(), static_cast<int>(kText.size())) == 1 &&
           EVP_EncryptFinal_ex(ctx, out.data(), &done) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, kTagBytes, out.data() + kText.size()) == 1;
  };
  for (const auto& nonce : kNonces) {
    const OSSL_PARAM what[] = {nonce_parameter(nonce.data()), OSSL_PARAM_construct_end()};
    std::array<uint8_t, 32> by_parameter{}, by_init{};
    must(EVP_EncryptInit_ex(other.get(), nullptr, nullptr, nullptr, nonce.data()));
    must(sealed(other.get(), by_init));
    if (EVP_CIPHER_CTX_set_params(one.get(), what) != 1 || !sealed(one.get(), by_parameter)) return false;
    if (by_parameter != by_init) return false;
  }
  return true;
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
  static const bool taken = takes_nonce_parameter();
  nonce_by_parameter_ = gcm && taken;
}

void OpensslAead::start_seal(const uint8_t* nonce) {
  if (nonce_by_parameter_) {
    const OSSL_PARAM what[] = {nonce_parameter(nonce), OSSL_PARAM_construct_end()};
    must(EVP_CIPHER_CTX_set_params(ctx_.get(), what));
  } else {
    must(EVP_EncryptInit_ex(ctx_.get(), nullptr, nullptr, nullptr, nonce));
  }
}

bool OpensslAead::start_open(const uint8_t* nonce, const uint8_t* tag, size_t tag_bytes) {
  if (tag_bytes > kTagBytes) return false;
  if (!nonce_by_parameter_) must(EVP_DecryptInit_ex(ctx_.get(), nullptr, nullptr, nullptr, nonce));
  const OSSL_PARAM what[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, const_cast<uint8_t*>(tag),
                                                               tag_bytes),  // not written
                             nonce_by_parameter_ ? nonce_parameter(nonce) : OSSL_PARAM_construct_end(),
                             OSSL_PARAM_construct_end()};
  must(EVP_CIPHER_CTX_set_params(ctx_.get(), what));
  return true;
}

void OpensslAead::add_aad(const uint8_t* aad, size_t bytes) {
  int done = 0;
  if (bytes != 0) must(EVP_CipherUpdate(ctx_.get(), nullptr, &done, aad, static_cast<int>(bytes)));
}

void OpensslAead::finish_seal(uint8_t* end, uint8_t* tag, size_t tag_bytes) {
  int done = 0;
  must(EVP_EncryptFinal_ex(ctx_.get(), end, &done));
  OSSL_PARAM what[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, tag_bytes),
                       OSSL_PARAM_construct_end()};
  must(EVP_CIPHER_CTX_get_params(ctx_.get(), what));
}

void OpensslAead::seal_text(const ToSeal& m) {
  start_seal(m.nonce);
  add_aad(m.aad, m.aad_bytes);
  const size_t head = m.head_bytes, rest = m.text_bytes - head;
  uint8_t* const near = m.text + head;
  int done = 0;
  if (head != 0) must(EVP_EncryptUpdate(ctx_.get(), m.text, &done, m.head, static_cast<int>(head)));
  if (rest != 0) must(EVP_EncryptUpdate(ctx_.get(), near, &done, near, static_cast<int>(rest)));
  finish_seal(m.text + m.text_bytes, m.tag, m.tag_bytes);
}

bool OpensslAead::open_text(const ToOpen& m) {
  int done = 0;
  if (!start_open(m.nonce, m.tag, m.tag_bytes)) return false;
  add_aad(m.aad, m.aad_bytes);
  if (m.cipher_bytes != 0)
    must(EVP_DecryptUpdate(ctx_.get(), m.plain, &done, m.cipher, static_cast<int>(m.cipher_bytes)));
  if (EVP_DecryptFinal_ex(ctx_.get(), m.plain + m.cipher_bytes, &done) == 1) return true;
  OPENSSL_cleanse(m.plain, m.cipher_bytes);
  return false;
}

void OpensslAead::sign(std::span<const uint8_t> nonce, Parts parts, std::span<uint8_t> tag) {
  uint8_t none = 0;
  start_seal(nonce.data());
  for (const std::span<const uint8_t> part : parts) add_aad(part.data(), part.size());
  finish_seal(&none, tag.data(), tag.size());
}

bool OpensslAead::verify(std::span<const uint8_t> nonce, Parts parts, std::span<const uint8_t> tag) {
  uint8_t none = 0;
  int done = 0;
  if (!start_open(nonce.data(), tag.data(), tag.size())) return false;
  for (const std::span<const uint8_t> part : parts) add_aad(part.data(), part.size());
  return EVP_DecryptFinal_ex(ctx_.get(), &none, &done) == 1;
}

}  // namespace xesp::gcm
