// SPDX-License-Identifier: Apache-2.0
#include "mirror/xfrm_suite.h"

#include <linux/xfrm.h>

#include <algorithm>

#include "control/sa_json.h"

namespace xesp::mirror {

namespace {

constexpr size_t kSaltBytes = 4;

struct Algorithm {
  std::string name;
  Bytes key;
  uint32_t icv_bits = 0;
};

std::string name_in(const char (&text)[64]) {
  const void* const end = std::memchr(text, 0, sizeof text);
  if (end == nullptr) throw Error(ErrorCode::kData, "XFRM message: the name of an algorithm has no end");
  return text;
}

Bytes key_behind(Bytes attribute, size_t fixed, uint32_t bits) {
  if (bits % 8 != 0 || attribute.size() - fixed < bits / 8)
    throw Error(ErrorCode::kData, "XFRM message: a key is not as long as it says");
  return attribute.subspan(fixed, bits / 8);
}

template <typename T>
std::optional<Algorithm> find(const Attributes& attributes, uint16_t type) {
  const auto bytes = attributes.find(type);
  if (!bytes) return std::nullopt;
  const T head = front_of<T>(*bytes, "an algorithm");
  Algorithm found{name_in(head.alg_name), key_behind(*bytes, sizeof head, head.alg_key_len), 0};
  if constexpr (std::is_same_v<T, xfrm_algo_aead>) found.icv_bits = head.alg_icv_len;
  if constexpr (std::is_same_v<T, xfrm_algo_auth>) found.icv_bits = head.alg_trunc_len;
  return found;
}

// A locked-down kernel gives zeros for every key, and a key of zeros is no key.
bool hidden(Bytes key) {
  return !key.empty() && std::ranges::all_of(key, [](uint8_t b) { return b == 0; });
}

std::string shown(const std::string& name) {
  std::string text = "'";
  for (const char c : name.substr(0, 40)) text += c >= ' ' && c <= '~' ? c : '?';
  return text + "'";
}

Secret secret_of(Bytes key) {
  if (key.size() > Secret::kCapacity)
    throw Error(ErrorCode::kData, "XFRM message: a key is longer than any that we know");
  return Secret(key);
}

std::string read_aead(const Algorithm& aead, SaConfig& sa) {
  if (aead.name == control::kChaChaName)
    sa.cipher = Cipher::kChaCha20Poly1305;
  else if (aead.name == control::kGmacName)
    sa.auth_only = true;
  else if (aead.name != control::kAeadName)
    return "xespd has no " + shown(aead.name);
  if (aead.key.size() <= kSaltBytes) throw Error(ErrorCode::kData, "XFRM message: a key is too short for its salt");
  if (hidden(aead.key)) return "the kernel does not tell its keys (lockdown)";
  sa.key = secret_of(aead.key.first(aead.key.size() - kSaltBytes));
  sa.salt = secret_of(aead.key.last(kSaltBytes));
  sa.icv_bits = aead.icv_bits;
  return "";
}

std::string read_enc_and_auth(const std::optional<Algorithm>& enc, const std::optional<Algorithm>& auth, SaConfig& sa) {
  if (!auth) return "xespd authenticates every packet, and this SA has no algorithm for it whose length is said";
  const auto hmac = std::ranges::find(control::kHmacNames, auth->name, &control::HmacName::name);
  if (hmac == std::end(control::kHmacNames)) return "xespd has no " + shown(auth->name);
  if (hidden(auth->key) || (enc && hidden(enc->key))) return "the kernel does not tell its keys (lockdown)";
  sa.integrity = hmac->integrity;
  sa.auth_key = secret_of(auth->key);
  sa.icv_bits = auth->icv_bits;
  if (!enc || enc->name == control::kNullName) {
    sa.cipher = Cipher::kNull;
    return enc || sa.proto == kProtoAh ? "" : "it says no encryption at all, not even 'ecb(cipher_null)'";
  }
  if (enc->name != control::kCbcName) return "xespd has no " + shown(enc->name);
  sa.cipher = Cipher::kAesCbc;
  sa.key = secret_of(enc->key);
  return "";
}

}  // namespace

bool has_suite(const Attributes& attributes) {
  for (const uint16_t type : {XFRMA_ALG_AEAD, XFRMA_ALG_AUTH, XFRMA_ALG_AUTH_TRUNC, XFRMA_ALG_CRYPT, XFRMA_ALG_COMP})
    if (attributes.find(type)) return true;
  return false;
}

std::string read_suite(const Attributes& attributes, SaConfig& sa) {
  const auto aead = find<xfrm_algo_aead>(attributes, XFRMA_ALG_AEAD);
  const auto enc = find<xfrm_algo>(attributes, XFRMA_ALG_CRYPT);
  // The kernel tells the HMAC twice, once without the length of its ICV.
  const auto auth = find<xfrm_algo_auth>(attributes, XFRMA_ALG_AUTH_TRUNC);
  find<xfrm_algo>(attributes, XFRMA_ALG_AUTH);
  if (attributes.find(XFRMA_ALG_COMP)) return "xespd has no IP compression";
  if (aead && (enc || auth)) throw Error(ErrorCode::kData, "XFRM message: an AEAD and another algorithm in one SA");
  return aead ? read_aead(*aead, sa) : read_enc_and_auth(enc, auth, sa);
}

}  // namespace xesp::mirror
