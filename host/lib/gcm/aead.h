// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_GCM_AEAD_H
#define XESP_GCM_AEAD_H

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>

struct evp_cipher_ctx_st;

namespace xesp::gcm {

/// AES-GCM with a 12-byte nonce and a tag of 16 bytes or its first ones, or ChaCha20-Poly1305 with all 16 (RFC 8439),
/// by OpenSSL EVP. Holds the expanded key, which OpenSSL wipes. Not for two threads at once.
class Aead {
 public:
  enum class Use { kSeal, kOpen };

  enum class Kind { kAesGcm, kChaCha20Poly1305 };

  /// @throws Error(kSoftware) unless `key` has 16, 24 or 32 bytes (ChaCha20: 32)
  Aead(Use use, std::span<const uint8_t> key, Kind kind = Kind::kAesGcm);

  /// Encrypts `plain` to `cipher` (may be the same place) and writes as much of the tag as there is room for, up to 16.
  void seal(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> plain,
            uint8_t* cipher, std::span<uint8_t> tag) {
    seal_from(nonce, aad, plain, {cipher, plain.size()}, tag);
  }

  /// The same for a text whose beginning is at another place: `head` is encrypted to `text`, and what follows it there,
  /// up to the end of `text`, where it stands. Saves a copy.
  void seal_from(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> head,
                 std::span<uint8_t> text, std::span<uint8_t> tag);

  /// Decrypts to `plain`; false if the tag is wrong (compared in constant time), and then `plain` is all zero.
  bool open(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> cipher,
            std::span<const uint8_t> tag, uint8_t* plain);

  /// Bytes that lie apart and are authenticated as one string.
  using Parts = std::initializer_list<std::span<const uint8_t>>;

  /// AES-GMAC (SP 800-38D 3): the tag of these bytes, and of no ciphertext.
  void sign(std::span<const uint8_t> nonce, Parts parts, std::span<uint8_t> tag);
  void sign(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> text,
            std::span<uint8_t> tag) {
    sign(nonce, {aad, text}, tag);
  }

  /// False if the tag is not sign()'s (compared in constant time).
  bool verify(std::span<const uint8_t> nonce, Parts parts, std::span<const uint8_t> tag);
  bool verify(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> text,
              std::span<const uint8_t> tag) {
    return verify(nonce, {aad, text}, tag);
  }

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
