// SPDX-License-Identifier: Apache-2.0
#include "gcm/hash_powers.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>

#include "xesp/error.h"

namespace xesp::gcm {

namespace {

const EVP_CIPHER* ecb_with(size_t key_bytes) {
  switch (key_bytes) {
    case 16:
      return EVP_aes_128_ecb();
    case 24:
      return EVP_aes_192_ecb();
    case 32:
      return EVP_aes_256_ecb();
    default:
      throw Error(ErrorCode::kSoftware, "hash powers of a key that is not 16, 24 or 32 bytes");
  }
}

Block encrypt_zero_block(std::span<const uint8_t> key) {
  const EVP_CIPHER* const cipher = ecb_with(key.size());
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> ctx(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const Block zero{};
  Block h{};
  int done = 0;
  if (!ctx || EVP_EncryptInit_ex(ctx.get(), cipher, nullptr, key.data(), nullptr) != 1 ||
      EVP_EncryptUpdate(ctx.get(), h.data(), &done, zero.data(), static_cast<int>(zero.size())) != 1 ||
      done != static_cast<int>(h.size()))
    throw Error(ErrorCode::kSoftware, "OpenSSL refuses AES-ECB: check its configuration (openssl list -providers)");
  return h;
}

}  // namespace

HashPowers::HashPowers(std::span<const uint8_t> key) {
  power[0] = encrypt_zero_block(key);
  for (size_t i = 1; i < power.size(); ++i) power[i] = multiply(power[i - 1], power[0]);
}

HashPowers::~HashPowers() {
  OPENSSL_cleanse(power.data(), sizeof power);
}

}  // namespace xesp::gcm
