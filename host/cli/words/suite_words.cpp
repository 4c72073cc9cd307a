// SPDX-License-Identifier: Apache-2.0
#include "words/suite_words.h"

#include <algorithm>
#include <string>

#include "control/sa_json.h"
#include "words/key_source.h"
#include "xesp/error.h"

namespace xesp::cli {

namespace {

// Words::refuse() shows the word, which is a key here.
[[noreturn]] void refuse_key(const std::string& why) {
  throw Error(ErrorCode::kUsage, why);
}

}  // namespace

void parse_aead(Words& words, SaConfig& sa) {
  const std::string name = words.next("aead: the algorithm, 'rfc4106(gcm(aes))', then the key and 128, 96 or 64");
  sa.auth_only = name == control::kGmacName;
  if (name == control::kChaChaName) {
    sa.cipher = Cipher::kChaCha20Poly1305;
  } else if (!sa.auth_only && name != control::kAeadName) {
    words.refuse(
        "aead must be 'rfc4106(gcm(aes))', 'rfc4543(gcm(aes))' for no encryption, or, in software, "
        "'rfc7539esp(chacha20,poly1305)' (with quotes, for the shell)");
  }
  const Secret whole = read_key(words.next("aead: the key, as 0x and 40, 56 or 72 hexadecimal digits, @FILE or -"));
  constexpr size_t kSaltBytes = 4;
  if (whole.size() != 16 + kSaltBytes && whole.size() != 24 + kSaltBytes && whole.size() != 32 + kSaltBytes)
    refuse_key("aead key of " + std::to_string(whole.size()) +
               " bytes: AES takes 20, 28 or 36, that is 16, 24 or 32 of key and then 4 of salt (40, 56 or 72 digits "
               "after 0x)");
  sa.key = Secret(whole.bytes().first(whole.size() - kSaltBytes));
  sa.salt = Secret(whole.bytes().last(kSaltBytes));
  sa.icv_bits = static_cast<unsigned>(words.number("aead ICV length in bits", 1, 1024));
  if (sa.icv_bits != 64 && sa.icv_bits != 96 && sa.icv_bits != 128)
    words.refuse("the ICV has 128, 96 or 64 bits (RFC 4106 6): say the same on both sides, 128 if in doubt");
  if (sa.auth_only && sa.icv_bits != 128) words.refuse("with rfc4543 the ICV has 128 bits (RFC 4543 3.4)");
}

void parse_enc(Words& words, SaConfig& sa) {
  const std::string name = words.next("enc: 'cbc(aes)' or 'ecb(cipher_null)', then the key");
  if (name == control::kNullName) {
    sa.cipher = Cipher::kNull;
    const std::string none = words.next("enc: an empty key, ''");
    if (!none.empty() && none != "0x") refuse_key("enc: ecb(cipher_null) has no key: give ''");
    return;
  }
  if (name != control::kCbcName) words.refuse("enc must be 'cbc(aes)' or 'ecb(cipher_null)'; for AES-GCM say aead");
  sa.cipher = Cipher::kAesCbc;
  sa.key = read_key(words.next("enc: the key, as 0x and 32, 48 or 64 hexadecimal digits, @FILE or -"));
  if (sa.key.size() != 16 && sa.key.size() != 24 && sa.key.size() != 32)
    refuse_key("enc key of " + std::to_string(sa.key.size()) + " bytes: AES takes 16, 24 or 32");
}

void parse_auth(Words& words, SaConfig& sa) {
  const std::string name =
      words.next("auth-trunc: 'hmac(sha256)', 'hmac(sha384)' or 'hmac(sha512)', then key and bits");
  const auto known = std::ranges::find(control::kHmacNames, name, &control::HmacName::name);
  if (known == std::end(control::kHmacNames))
    words.refuse("auth-trunc must be 'hmac(sha256)', 'hmac(sha384)' or 'hmac(sha512)': older ones are not for new SAs");
  sa.integrity = known->integrity;
  const unsigned bits = digest_bits(sa.integrity);
  sa.auth_key = read_key(words.next("auth-trunc: the key, as 0x and hexadecimal digits, @FILE or -"));
  if (sa.auth_key.size() != bits / 8)
    refuse_key("auth key of " + std::to_string(sa.auth_key.size()) + " bytes: " + name + " takes " +
               std::to_string(bits / 8) + " (RFC 4868)");
  sa.icv_bits = static_cast<unsigned>(words.number("auth-trunc ICV length in bits", 1, 1024));
  if (sa.icv_bits != bits / 2)
    words.refuse("the ICV of " + name + " has " + std::to_string(bits / 2) + " bits (RFC 4868)");
}

}  // namespace xesp::cli
