// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ESP_HMAC_SUITE_H
#define XESP_ESP_HMAC_SUITE_H

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>

#include "xesp/sa.h"

struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

namespace xesp::esp {

constexpr size_t kCbcBlock = 16;

/// AES-CBC (RFC 3602) or no encryption (RFC 2410), and an HMAC with SHA-2 over the result (RFC 4868), by OpenSSL EVP.
/// Holds the expanded keys, which OpenSSL wipes. Not for two threads at once.
class HmacSuite {
 public:
  explicit HmacSuite(const SaConfig& sa);

  /// Encrypts `text` where it stands, whole blocks of it, and writes the IV that it took: 16 bytes that nobody can
  /// foretell (RFC 3602 3). Without a cipher both are left alone.
  void encrypt(std::span<uint8_t> iv, std::span<uint8_t> text);
  void decrypt(std::span<const uint8_t> iv, std::span<const uint8_t> cipher, uint8_t* plain);

  using Parts = std::initializer_list<std::span<const uint8_t>>;
  /// The first bytes of the HMAC, as many as there is room for.
  void sign(Parts parts, std::span<uint8_t> icv);
  /// Compared in constant time.
  bool verify(Parts parts, std::span<const uint8_t> icv);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* ctx) const noexcept;
    void operator()(evp_mac_ctx_st* ctx) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> cipher_;  // null: none
  std::unique_ptr<evp_mac_ctx_st, Free> mac_;
};

}  // namespace xesp::esp
#endif
