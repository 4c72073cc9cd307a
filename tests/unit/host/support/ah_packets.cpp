// SPDX-License-Identifier: Apache-2.0
#include "support/ah_packets.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

#include "support/sas.h"

namespace xesp::test {

namespace {

void append(Bytes& to, const Bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
}

Bytes be(uint64_t value, size_t bytes) {
  Bytes b;
  for (size_t i = bytes; i-- > 0;) b.push_back(static_cast<uint8_t>(value >> 8 * i));
  return b;
}

// AH as the protocol of a packet of this length.
void put_right(Bytes& header, size_t total) {
  if (header[0] >> 4 == 6) {
    size_t next_at = 6;
    for (size_t at = 40; at < header.size(); at += (header[at + 1] + 1u) * 8) next_at = at;
    header[next_at] = 51;
    header[4] = static_cast<uint8_t>((total - 40) >> 8);
    header[5] = static_cast<uint8_t>(total - 40);
  } else {
    header[9] = 51;
    header[2] = static_cast<uint8_t>(total >> 8);
    header[3] = static_cast<uint8_t>(total);
  }
}

Bytes hmac(const SaConfig& sa, const Bytes& text) {
  const EVP_MD* const digest = sa.integrity == Integrity::kHmacSha256   ? EVP_sha256()
                               : sa.integrity == Integrity::kHmacSha384 ? EVP_sha384()
                                                                        : EVP_sha512();
  Bytes mac(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (!HMAC(digest, sa.auth_key.bytes().data(), static_cast<int>(sa.auth_key.size()), text.data(), text.size(),
            mac.data(), &size))
    throw std::runtime_error("OpenSSL did not sign");
  mac.resize(size / 2);
  return mac;
}

Bytes gmac(const SaConfig& sa, const Bytes& iv, const Bytes& text) {
  Bytes nonce(sa.salt.bytes().begin(), sa.salt.bytes().end()), tag(16);
  append(nonce, iv);
  uint8_t none[16];
  int done = 0;
  EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
  const EVP_CIPHER* const aes = sa.key.size() == 16   ? EVP_aes_128_gcm()
                                : sa.key.size() == 24 ? EVP_aes_192_gcm()
                                                      : EVP_aes_256_gcm();
  const bool good = EVP_EncryptInit_ex(ctx, aes, nullptr, sa.key.bytes().data(), nonce.data()) == 1 &&
                    EVP_EncryptUpdate(ctx, nullptr, &done, text.data(), static_cast<int>(text.size())) == 1 &&
                    EVP_EncryptFinal_ex(ctx, none, &done) == 1 &&
                    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1;
  EVP_CIPHER_CTX_free(ctx);
  if (!good) throw std::runtime_error("OpenSSL did not sign");
  return tag;
}

}  // namespace

SaConfig make_ah_sa(Direction direction, Mode mode, bool v6, uint32_t spi) {
  SaConfig sa = make_sa(direction, mode, spi);
  sa.proto = kProtoAh;
  sa.auth_only = true;
  if (v6) {
    sa.src = IpAddress::parse("2001:db8::1");
    sa.dst = IpAddress::parse("2001:db8::2");
  }
  return sa;
}

void use_hmac(SaConfig& ah, Integrity integrity) {
  ah.auth_only = false;
  ah.cipher = Cipher::kNull;
  ah.integrity = integrity;
  ah.key = Secret();
  ah.salt = Secret();
  ah.auth_key = Secret(counting(digest_bits(integrity) / 8, 90));
  ah.icv_bits = digest_bits(integrity) / 2;
}

size_t ah_bytes_of(const SaConfig& ah) {
  switch (ah.integrity) {
    case Integrity::kOfCipher:
      return ah.dst.v6 ? 40 : 36;
    case Integrity::kHmacSha256:
      return ah.dst.v6 ? 32 : 28;
    case Integrity::kHmacSha384:
      return ah.dst.v6 ? 40 : 36;
    case Integrity::kHmacSha512:
      return ah.dst.v6 ? 48 : 44;
  }
  throw std::logic_error("an HMAC that is none");
}

Bytes ah_outside(bool v6, const Bytes& ipv4_options, const std::vector<Extension>& extensions) {
  return v6 ? ipv6("2001:db8::1", "2001:db8::2", 51, {}, extensions)
            : ipv4_with_options("192.0.2.1", "198.51.100.1", 51, ipv4_options, {});
}

Bytes without_mutable_fields(Bytes header) {
  const bool v6 = header[0] >> 4 == 6;
  for (const size_t at : v6 ? std::vector<size_t>{1, 2, 3, 7} : std::vector<size_t>{1, 6, 7, 8, 10, 11}) header[at] = 0;
  if (v6) header[0] = 0x60;
  return header;
}

Bytes ah_by_hand(const SaConfig& sa, uint64_t seq, Bytes header, uint8_t next_header, const Bytes& payload,
                 Bytes covered, uint8_t unused) {
  const bool v6 = header[0] >> 4 == 6;
  const Bytes front = {next_header, static_cast<uint8_t>(ah_bytes_of(sa) / 4 - 2), unused, unused};
  const Bytes padding(v6 ? 4 : 0, unused), iv = sa.has_hmac() ? Bytes{} : be(seq, 8);
  if (covered.empty()) covered = without_mutable_fields(header);
  const size_t total = header.size() + ah_bytes_of(sa) + payload.size();
  put_right(header, total);
  put_right(covered, total);

  Bytes text = covered;
  for (const Bytes& part : {front, be(sa.spi, 4), be(seq, 4), Bytes(iv.size() + sa.icv_bytes()), padding, payload})
    append(text, part);
  if (sa.esn) append(text, be(seq >> 32, 4));
  Bytes packet = header;
  const Bytes icv = sa.has_hmac() ? hmac(sa, text) : gmac(sa, iv, text);
  for (const Bytes& part : {front, be(sa.spi, 4), be(seq, 4), iv, icv, padding, payload}) append(packet, part);
  if (!v6) fix_checksum(packet);
  return packet;
}

}  // namespace xesp::test
