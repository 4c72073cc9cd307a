// SPDX-License-Identifier: Apache-2.0
#include "gcm/ipsec_mb_aead.h"

#include <intel-ipsec-mb.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "secret_pool.h"
#include "xesp/error.h"

namespace xesp {

namespace {

constexpr size_t kBlock = 16;
// What the library stores to it with; its header says so to some compilers only.
constexpr size_t kKeyAlignment = 64;

// The functions for one length of keys. They take no manager, and so may be called from any thread.
struct Functions {
  aes_gcm_pre_t pre;
  aes_gcm_enc_dec_t seal, open;
  aes_gcm_init_t begin;
  aes_gcm_enc_dec_update_t seal_more;
  aes_gcm_enc_dec_finalize_t seal_end;
  aes_gmac_init_t mac_begin;
  aes_gmac_update_t mac_more;
  aes_gmac_finalize_t mac_end;
};

// What the library chose for this processor, once a process.
struct Library {
  Library() {
    std::unique_ptr<IMB_MGR, decltype(&free_mb_mgr)> manager(alloc_mb_mgr(0), &free_mb_mgr);
    if (!manager) {
      refusal = "intel-ipsec-mb: no memory: use OpenSSL";
      return;
    }
    IMB_ARCH arch = IMB_ARCH_NONE;
    init_mb_mgr_auto(manager.get(), &arch);
    constexpr uint64_t kNeeded = IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ | IMB_FEATURE_AVX;
    if (imb_get_errno(manager.get()) != 0 || (manager->features & kNeeded) != kNeeded ||
        (arch != IMB_ARCH_AVX && arch != IMB_ARCH_AVX2 && arch != IMB_ARCH_AVX512)) {
      refusal = "intel-ipsec-mb: this processor has no AES-NI with AVX, without which it would be slow: use OpenSSL";
      return;
    }
    if ((manager->features & IMB_FEATURE_SAFE_DATA) == 0) {
      refusal =
          "intel-ipsec-mb: it is built without SAFE_DATA and leaves keys on the stack: use OpenSSL, or build it so";
      return;
    }
    const IMB_MGR& m = *manager;
    of_128 = {m.gcm128_pre,          m.gcm128_enc,   m.gcm128_dec,     m.gcm128_init,     m.gcm128_enc_update,
              m.gcm128_enc_finalize, m.gmac128_init, m.gmac128_update, m.gmac128_finalize};
    of_192 = {m.gcm192_pre,          m.gcm192_enc,   m.gcm192_dec,     m.gcm192_init,     m.gcm192_enc_update,
              m.gcm192_enc_finalize, m.gmac192_init, m.gmac192_update, m.gmac192_finalize};
    of_256 = {m.gcm256_pre,          m.gcm256_enc,   m.gcm256_dec,     m.gcm256_init,     m.gcm256_enc_update,
              m.gcm256_enc_finalize, m.gmac256_init, m.gmac256_update, m.gmac256_finalize};
  }

  static const Library& get() {
    static const Library library;
    return library;
  }
  const Functions& with(size_t key_bytes) const {
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

  std::string refusal;
  Functions of_128{}, of_192{}, of_256{};
};

// What an SA has of the library: expanded keys, and a message in the making, which holds key stream. Wiped with the SA.
struct Held {
  gcm_key_data key;
  gcm_context_data context;
};

// In locked memory like the keys themselves.
secret_pool::Pool& held_pool() {
  static auto& pool = *new secret_pool::Pool(sizeof(Held), kKeyAlignment);  // outlives static SAs
  return pool;
}

class IpsecMbAead final : public gcm::Aead {
 public:
  explicit IpsecMbAead(std::span<const uint8_t> key)
      : functions_(Library::get().with(key.size())), held_(new (held_pool().take()) Held) {
    functions_.pre(key.data(), &held_->key);
  }
  ~IpsecMbAead() override { held_pool().give_back(reinterpret_cast<uint8_t*>(held_)); }

  void sign(std::span<const uint8_t> nonce, Parts parts, std::span<uint8_t> tag) override {
    functions_.mac_begin(&held_->key, &held_->context, nonce.data(), nonce.size());
    for (const std::span<const uint8_t> part : parts)
      if (!part.empty()) functions_.mac_more(&held_->key, &held_->context, part.data(), part.size());
    functions_.mac_end(&held_->key, &held_->context, tag.data(), tag.size());
  }

  bool verify(std::span<const uint8_t> nonce, Parts parts, std::span<const uint8_t> tag) override {
    if (tag.empty() || tag.size() > gcm::kTagBytes) return false;
    std::array<uint8_t, gcm::kTagBytes> wanted{};
    sign(nonce, parts, wanted);
    return CRYPTO_memcmp(wanted.data(), tag.data(), tag.size()) == 0;
  }

 protected:
  void seal_text(const ToSeal& m) override {
    const size_t head = m.head_bytes;
    if (head == m.text_bytes) {
      functions_.seal(&held_->key, &held_->context, m.text, m.head, head, m.nonce, m.aad, m.aad_bytes, m.tag,
                      m.tag_bytes);
      return;
    }
    // In whole blocks from where the head is; the rest of it is moved to the text's end, of which it then is a part.
    const size_t far = head / kBlock * kBlock;
    uint8_t* const near = m.text + far;
    std::memcpy(near, m.head + far, head - far);
    functions_.begin(&held_->key, &held_->context, m.nonce, m.aad, m.aad_bytes);
    functions_.seal_more(&held_->key, &held_->context, m.text, m.head, far);
    functions_.seal_more(&held_->key, &held_->context, near, near, m.text_bytes - far);
    functions_.seal_end(&held_->key, &held_->context, m.tag, m.tag_bytes);
  }

  bool open_text(const ToOpen& m) override {
    if (m.tag_bytes == 0 || m.tag_bytes > gcm::kTagBytes) return false;
    std::array<uint8_t, gcm::kTagBytes> wanted{};
    functions_.open(&held_->key, &held_->context, m.plain, m.cipher, m.cipher_bytes, m.nonce, m.aad, m.aad_bytes,
                    wanted.data(), wanted.size());
    const bool same = CRYPTO_memcmp(wanted.data(), m.tag, m.tag_bytes) == 0;
    if (!same) OPENSSL_cleanse(m.plain, m.cipher_bytes);
    return same;
  }

 private:
  const Functions& functions_;
  Held* held_;
};

}  // namespace

const std::string& why_no_ipsec_mb() {
  return Library::get().refusal;
}

namespace gcm {

std::unique_ptr<Aead> make_ipsec_mb_aead(std::span<const uint8_t> key) {
  return std::make_unique<IpsecMbAead>(key);
}

std::string ipsec_mb_version() {
  return imb_get_version_str();
}

}  // namespace gcm
}  // namespace xesp
