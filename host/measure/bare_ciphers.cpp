// SPDX-License-Identifier: Apache-2.0
#include "bare_ciphers.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <vector>

#ifdef XESP_HAVE_IPSEC_MB
#include <intel-ipsec-mb.h>
#endif

#include "xesp/error.h"

namespace xesp::measure {

namespace {

constexpr uint8_t kKeyByte = 7;  // of a measurement, not of a tunnel

std::array<uint8_t, 12> nonce_of(uint64_t number) {
  std::array<uint8_t, 12> nonce{};
  std::copy_n(reinterpret_cast<const uint8_t*>(&number), 8, nonce.begin());
  return nonce;
}

class BareOpenssl final : public Bare {
 public:
  explicit BareOpenssl(size_t key_bytes) : ctx_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    const std::vector<uint8_t> key(key_bytes, kKeyByte);
    EVP_EncryptInit_ex(ctx_.get(), key_bytes == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm(), nullptr, key.data(),
                       nullptr);
  }
  void seal(std::span<const uint8_t> clear, uint8_t* out, uint64_t number) override {
    const auto nonce = nonce_of(number);
    const std::array<uint8_t, 8> aad{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): clearing it is none of the work that is measured.
    std::array<uint8_t, 16> tag;
    int done = 0;
    EVP_EncryptInit_ex(ctx_.get(), nullptr, nullptr, nullptr, nonce.data());
    EVP_EncryptUpdate(ctx_.get(), nullptr, &done, aad.data(), aad.size());
    EVP_EncryptUpdate(ctx_.get(), out, &done, clear.data(), static_cast<int>(clear.size()));
    EVP_EncryptFinal_ex(ctx_.get(), out, &done);
    EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data());
  }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> ctx_;
};

#ifdef XESP_HAVE_IPSEC_MB
class BareIpsecMb final : public Bare {
 public:
  explicit BareIpsecMb(size_t key_bytes) : manager_(alloc_mb_mgr(0), &free_mb_mgr) {
    init_mb_mgr_auto(manager_.get(), nullptr);
    const std::vector<uint8_t> key(key_bytes, kKeyByte);
    (key_bytes == 32 ? manager_->gcm256_pre : manager_->gcm128_pre)(key.data(), &key_);
    seal_ = key_bytes == 32 ? manager_->gcm256_enc : manager_->gcm128_enc;
  }
  void seal(std::span<const uint8_t> clear, uint8_t* out, uint64_t number) override {
    const auto nonce = nonce_of(number);
    const std::array<uint8_t, 8> aad{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): clearing it is none of the work that is measured.
    std::array<uint8_t, 16> tag;
    gcm_context_data context;  // NOLINT(cppcoreguidelines-pro-type-member-init): likewise
    seal_(&key_, &context, out, clear.data(), clear.size(), nonce.data(), aad.data(), aad.size(), tag.data(),
          tag.size());
  }

 private:
  std::unique_ptr<IMB_MGR, decltype(&free_mb_mgr)> manager_;
  alignas(64) gcm_key_data key_{};
  aes_gcm_enc_dec_t seal_;
};
#endif

}  // namespace

std::unique_ptr<Bare> make_bare(Crypto crypto, size_t key_bytes) {
  if (crypto == Crypto::kOpenssl) return std::make_unique<BareOpenssl>(key_bytes);
#ifdef XESP_HAVE_IPSEC_MB
  return std::make_unique<BareIpsecMb>(key_bytes);
#else
  throw Error(ErrorCode::kUnavailable, why_no_ipsec_mb());
#endif
}

}  // namespace xesp::measure
