// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_GCM_AEAD_H
#define XESP_GCM_AEAD_H

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>

#include "xesp/crypto.h"

namespace xesp::gcm {

constexpr size_t kTagBytes = 16;  ///< a whole tag

/// AES-GCM with a 12-byte nonce and a tag of 16 bytes or its first ones, or ChaCha20-Poly1305 with all 16 (RFC 8439).
/// Holds the expanded key, which is wiped when it goes. Not for two threads at once.
class Aead {
 public:
  enum class Use { kSeal, kOpen };

  enum class Kind { kAesGcm, kChaCha20Poly1305 };

  /// By this library, or for kAuto by the faster one that works here. Only OpenSSL does ChaCha20-Poly1305.
  /// @throws Error(kSoftware) unless `key` has 16, 24 or 32 bytes (ChaCha20: 32); Error(kUnavailable)
  static std::unique_ptr<Aead> make(Crypto crypto, Use use, std::span<const uint8_t> key, Kind kind = Kind::kAesGcm);

  Aead() = default;
  virtual ~Aead() = default;
  Aead(const Aead&) = delete;
  Aead& operator=(const Aead&) = delete;

  /// Encrypts `plain` to `cipher` (may be the same place) and writes as much of the tag as there is room for, up to 16.
  void seal(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> plain,
            uint8_t* cipher, std::span<uint8_t> tag) {
    seal_from(nonce, aad, plain, {cipher, plain.size()}, tag);
  }

  /// The same for a text whose beginning is at another place: `head` is encrypted to `text`, and what follows it there,
  /// up to the end of `text`, where it stands. Saves a copy, where a second call of the cipher costs less than that.
  void seal_from(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> head,
                 std::span<uint8_t> text, std::span<uint8_t> tag) {
    ToSeal m{nonce.data(), aad.data(),  aad.size(), head.data(), head.size(),
             text.data(),  text.size(), tag.data(), tag.size()};
    if (m.head_bytes < m.text_bytes && m.head_bytes <= kCopyUpTo) {
      if (m.head_bytes != 0) std::memcpy(m.text, m.head, m.head_bytes);
      m.head = m.text;
      m.head_bytes = m.text_bytes;
    }
    seal_text(m);
  }

  /// Decrypts to `plain`; false if the tag is wrong (compared in constant time), and then `plain` is all zero.
  bool open(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> cipher,
            std::span<const uint8_t> tag, uint8_t* plain) {
    return open_text(
        ToOpen{nonce.data(), aad.data(), aad.size(), cipher.data(), cipher.size(), tag.data(), tag.size(), plain});
  }

  /// Bytes that lie apart and are authenticated as one string.
  using Parts = std::initializer_list<std::span<const uint8_t>>;

  /// AES-GMAC (SP 800-38D 3): the tag of these bytes, and of no ciphertext.
  virtual void sign(std::span<const uint8_t> nonce, Parts parts, std::span<uint8_t> tag) = 0;
  void sign(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> text,
            std::span<uint8_t> tag) {
    sign(nonce, {aad, text}, tag);
  }

  /// False if the tag is not sign()'s (compared in constant time).
  virtual bool verify(std::span<const uint8_t> nonce, Parts parts, std::span<const uint8_t> tag) = 0;
  bool verify(std::span<const uint8_t> nonce, std::span<const uint8_t> aad, std::span<const uint8_t> text,
              std::span<const uint8_t> tag) {
    return verify(nonce, {aad, text}, tag);
  }

 protected:
  static constexpr size_t kCopyUpTo = 4096;  // measured, with either library
  // In one argument, and word by word: spans that don't go in registers are copied 16 bytes at once just after they
  // were written by halves, and that waits until all that was written before, a packet, is through to the cache.
  struct ToSeal {
    const uint8_t* nonce;
    const uint8_t* aad;
    size_t aad_bytes;
    const uint8_t* head;  // of all of the text, or of more than kCopyUpTo of it
    size_t head_bytes;
    uint8_t* text;
    size_t text_bytes;
    uint8_t* tag;
    size_t tag_bytes;
  };
  struct ToOpen {
    const uint8_t* nonce;
    const uint8_t* aad;
    size_t aad_bytes;
    const uint8_t* cipher;
    size_t cipher_bytes;
    const uint8_t* tag;
    size_t tag_bytes;
    uint8_t* plain;
  };
  virtual void seal_text(const ToSeal& m) = 0;
  virtual bool open_text(const ToOpen& m) = 0;
};

}  // namespace xesp::gcm
#endif
