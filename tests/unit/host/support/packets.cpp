// SPDX-License-Identifier: Apache-2.0
#include "support/packets.h"

#include <openssl/evp.h>

#include <stdexcept>

#include "xesp/address.h"

namespace xesp::test {

Bytes hex(const std::string& text) {
  Bytes bytes;
  std::string digits;
  for (const char c : text)
    if (c != ' ' && c != '\n') digits += c;
  for (size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

Bytes counting(size_t length, uint8_t first) {
  Bytes bytes(length);
  for (size_t i = 0; i < length; ++i) bytes[i] = static_cast<uint8_t>(first + i);
  return bytes;
}

void fix_checksum(Bytes& packet) {
  packet[10] = packet[11] = 0;
  uint32_t sum = 0;
  for (size_t i = 0; i < 20; i += 2) sum += static_cast<uint32_t>(packet[i] << 8 | packet[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  packet[10] = static_cast<uint8_t>(~sum >> 8);
  packet[11] = static_cast<uint8_t>(~sum);
}

Bytes ipv4(const std::string& src, const std::string& dst, uint8_t protocol, const Bytes& payload, uint8_t ttl) {
  const size_t total = 20 + payload.size();
  Bytes p = {0x45, 0, static_cast<uint8_t>(total >> 8), static_cast<uint8_t>(total), 0x12, 0x34, 0, 0, ttl, protocol};
  p.resize(12);
  for (const std::string& text : {src, dst}) {
    const IpAddress a = IpAddress::parse(text);
    p.insert(p.end(), a.bytes.begin(), a.bytes.begin() + 4);
  }
  fix_checksum(p);
  p.insert(p.end(), payload.begin(), payload.end());
  return p;
}

Bytes seal_by_hand(const SaConfig& sa, uint32_t seq, const Bytes& plain) {
  Bytes esp;
  for (const uint32_t word : {sa.spi, seq, uint32_t{0}, seq})
    for (int shift = 24; shift >= 0; shift -= 8) esp.push_back(static_cast<uint8_t>(word >> shift));
  Bytes nonce(sa.salt.bytes().begin(), sa.salt.bytes().end());
  nonce.insert(nonce.end(), esp.begin() + 8, esp.begin() + 16);

  Bytes sealed(plain.size());
  Bytes tag(sa.icv_bytes());
  uint8_t rest[16];  // nothing is left in this mode
  int done = 0;
  EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
  const EVP_CIPHER* const aes = sa.key.size() == 16   ? EVP_aes_128_gcm()
                                : sa.key.size() == 24 ? EVP_aes_192_gcm()
                                                      : EVP_aes_256_gcm();
  // RFC 4543 3.3: with AES-GMAC the IV and the text are AAD too.
  const int aad = sa.auth_only ? 16 : 8;
  if (sa.auth_only) sealed = plain;
  const bool good = EVP_EncryptInit_ex(ctx, aes, nullptr, sa.key.bytes().data(), nonce.data()) == 1 &&
                    EVP_EncryptUpdate(ctx, nullptr, &done, esp.data(), aad) == 1 &&
                    EVP_EncryptUpdate(ctx, sa.auth_only ? nullptr : sealed.data(), &done, plain.data(), static_cast<int>(plain.size())) == 1 &&
                    EVP_EncryptFinal_ex(ctx, rest, &done) == 1 &&
                    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) == 1;
  EVP_CIPHER_CTX_free(ctx);
  if (!good) throw std::runtime_error("OpenSSL did not seal");
  esp.insert(esp.end(), sealed.begin(), sealed.end());
  esp.insert(esp.end(), tag.begin(), tag.end());
  return ipv4(sa.src.str(), sa.dst.str(), 50, esp);
}

}  // namespace xesp::test
