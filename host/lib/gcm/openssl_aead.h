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
  void seal_from(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> head,
                 std::span<uint8_t> text, std::span<uint8_t> tag) override;
  bool open(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> cipher,
            std::span<const uint8_t> tag, uint8_t* plain) override;
  void sign(std::span<const uint8_t> nonce, Parts parts, std::span<uint8_t> tag) override;
  bool verify(std::span<const uint8_t> nonce, Parts parts, std::span<const uint8_t> tag) override;

 private:
  void start_seal(std::span<const uint8_t> nonce);
  bool start_open(std::span<const uint8_t> nonce, std::span<const uint8_t> tag);
  void add_aad(std::span<const uint8_t> aad);
  void finish_seal(uint8_t* end, std::span<uint8_t> tag);
  struct Free {
    void operator()(evp_cipher_ctx_st* ctx) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> ctx_;
};

}  // namespace xesp::gcm
#endif
