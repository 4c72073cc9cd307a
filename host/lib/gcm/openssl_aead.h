// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_GCM_OPENSSL_AEAD_H
#define XESP_GCM_OPENSSL_AEAD_H

#include "gcm/aead.h"

struct evp_cipher_ctx_st;

namespace xesp::gcm {

/// By OpenSSL EVP, which wipes its contexts.
class OpensslAead final : public Aead {
 public:
  /// @throws Error(kSoftware) as Aead::make()
  OpensslAead(Use use, std::span<const uint8_t> key, Kind kind = Kind::kAesGcm);

  using Aead::sign;
  using Aead::verify;
  void sign(std::span<const uint8_t> nonce, Parts parts, std::span<uint8_t> tag) override;
  bool verify(std::span<const uint8_t> nonce, Parts parts, std::span<const uint8_t> tag) override;

 protected:
  void seal_text(const ToSeal& m) override;
  bool open_text(const ToOpen& m) override;

 private:
  void start_seal(const uint8_t* nonce);
  bool start_open(const uint8_t* nonce, const uint8_t* tag, size_t tag_bytes);
  void add_aad(const uint8_t* aad, size_t bytes);
  void finish_seal(uint8_t* end, uint8_t* tag, size_t tag_bytes);
  struct Free {
    void operator()(evp_cipher_ctx_st* ctx) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> ctx_;
  bool nonce_by_parameter_ = false;
};

}  // namespace xesp::gcm
#endif
