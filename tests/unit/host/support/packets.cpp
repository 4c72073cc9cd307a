// SPDX-License-Identifier: Apache-2.0
#include "support/packets.h"

#include <openssl/evp.h>

#include <algorithm>
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
  const size_t bytes = std::min<size_t>(packet.size() & ~size_t{1}, (packet[0] & 0xfu) * 4u);
  for (size_t i = 0; i < bytes; i += 2) sum += static_cast<uint32_t>(packet[i] << 8 | packet[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  packet[10] = static_cast<uint8_t>(~sum >> 8);
  packet[11] = static_cast<uint8_t>(~sum);
}

void fix_length(Bytes& packet) {
  if (packet.size() >= 40 && packet[0] >> 4 == 6) {
    packet[4] = static_cast<uint8_t>((packet.size() - 40) >> 8);
    packet[5] = static_cast<uint8_t>(packet.size() - 40);
  } else if (packet.size() >= 20 && packet[0] >> 4 == 4) {
    packet[2] = static_cast<uint8_t>(packet.size() >> 8);
    packet[3] = static_cast<uint8_t>(packet.size());
    fix_checksum(packet);
  }
}

Extension extension(uint8_t type, size_t units, uint8_t fill) {
  Bytes rest(8 * units - 1, fill);
  rest[0] = static_cast<uint8_t>(units - 1);
  return {type, rest};
}

Bytes ipv6(const std::string& src, const std::string& dst, uint8_t protocol, const Bytes& payload,
           const std::vector<Extension>& extensions) {
  Bytes p = {0x60, 0, 0, 0, 0, 0, extensions.empty() ? protocol : extensions[0].type, 64};
  for (const std::string& text : {src, dst}) {
    const IpAddress a = IpAddress::parse(text);
    p.insert(p.end(), a.bytes.begin(), a.bytes.end());
  }
  for (size_t i = 0; i < extensions.size(); ++i) {
    p.push_back(i + 1 < extensions.size() ? extensions[i + 1].type : protocol);
    p.insert(p.end(), extensions[i].rest.begin(), extensions[i].rest.end());
  }
  p.insert(p.end(), payload.begin(), payload.end());
  fix_length(p);
  return p;
}

Bytes ipv4_with_options(const std::string& src, const std::string& dst, uint8_t protocol, const Bytes& options,
                        const Bytes& payload) {
  Bytes p = ipv4(src, dst, protocol, {});
  p[0] = static_cast<uint8_t>(0x45 + options.size() / 4);
  p.insert(p.end(), options.begin(), options.end());
  p.insert(p.end(), payload.begin(), payload.end());
  fix_length(p);
  return p;
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

Bytes seal_by_hand(const SaConfig& sa, uint64_t seq, const Bytes& plain) {
  Bytes esp;
  const uint32_t high = static_cast<uint32_t>(seq >> 32), low = static_cast<uint32_t>(seq);
  for (const uint32_t word : {sa.spi, low, high, low})
    for (int shift = 24; shift >= 0; shift -= 8) esp.push_back(static_cast<uint8_t>(word >> shift));
  Bytes nonce(sa.salt.bytes().begin(), sa.salt.bytes().end());
  nonce.insert(nonce.end(), esp.begin() + 8, esp.begin() + 16);

  // RFC 4106 5: with ESN the high half of the number stands between.
  Bytes aad(esp.begin(), esp.begin() + 8);
  if (sa.esn) aad.insert(aad.begin() + 4, esp.begin() + 8, esp.begin() + 12);

  Bytes sealed(plain.size());
  Bytes tag(sa.icv_bytes());
  uint8_t rest[16];  // nothing is left in this mode
  int done = 0;
  EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
  const EVP_CIPHER* const aes = sa.key.size() == 16   ? EVP_aes_128_gcm()
                                : sa.key.size() == 24 ? EVP_aes_192_gcm()
                                                      : EVP_aes_256_gcm();
  // RFC 4543 3.3: with AES-GMAC the IV and the text are AAD too.
  if (sa.auth_only) {
    aad.insert(aad.end(), esp.begin() + 8, esp.begin() + 16);
    sealed = plain;
  }
  const bool good = EVP_EncryptInit_ex(ctx, aes, nullptr, sa.key.bytes().data(), nonce.data()) == 1 &&
                    EVP_EncryptUpdate(ctx, nullptr, &done, aad.data(), static_cast<int>(aad.size())) == 1 &&
                    EVP_EncryptUpdate(ctx, sa.auth_only ? nullptr : sealed.data(), &done, plain.data(),
                                      static_cast<int>(plain.size())) == 1 &&
                    EVP_EncryptFinal_ex(ctx, rest, &done) == 1 &&
                    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) == 1;
  EVP_CIPHER_CTX_free(ctx);
  if (!good) throw std::runtime_error("OpenSSL did not seal");
  esp.insert(esp.end(), sealed.begin(), sealed.end());
  esp.insert(esp.end(), tag.begin(), tag.end());
  return ipv4(sa.src.str(), sa.dst.str(), 50, esp);
}

}  // namespace xesp::test
