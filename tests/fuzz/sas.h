// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_FUZZ_SAS_H
#define XESP_TESTS_FUZZ_SAS_H

#include <vector>

#include "support/sas.h"

namespace xesp::fuzz {

/// One SA of each kind that software knows, SPIs 0x1001 and up, numbers from 1. The card takes those with on_card().
inline std::vector<SaConfig> every_kind(Direction direction) {
  std::vector<SaConfig> all;
  const auto add = [&](auto change) {
    const auto n = static_cast<uint32_t>(all.size());
    SaConfig sa =
        test::make_sa(direction, n % 2 == 0 ? Mode::kTunnel : Mode::kTransport, 0x1001 + n, static_cast<uint8_t>(n));
    change(sa);
    sa.check();
    all.push_back(std::move(sa));
  };
  const auto hmac = [](SaConfig& sa, Cipher cipher, Integrity integrity) {
    sa.cipher = cipher;
    sa.integrity = integrity;
    sa.salt = Secret();
    if (cipher == Cipher::kNull) sa.key = Secret();
    sa.auth_key = Secret(test::counting(digest_bits(integrity) / 8));
    sa.icv_bits = digest_bits(integrity) / 2;
  };
  const auto v6 = [](SaConfig& sa) {
    sa.src = IpAddress::parse("2001:db8::1");
    sa.dst = IpAddress::parse("2001:db8::2");
  };
  for (int twice = 0; twice < 2; ++twice) add([](SaConfig&) {});
  for (int twice = 0; twice < 2; ++twice) add([&](SaConfig& sa) { v6(sa), sa.esn = true; });
  for (int twice = 0; twice < 2; ++twice) add([](SaConfig& sa) { sa.encap = UdpEncap{}; });
  for (int twice = 0; twice < 2; ++twice) add([](SaConfig& sa) { sa.auth_only = true, sa.esn = true; });
  for (int twice = 0; twice < 2; ++twice) add([](SaConfig& sa) { sa.proto = kProtoAh, sa.auth_only = true; });
  for (int twice = 0; twice < 2; ++twice)
    add([&](SaConfig& sa) { v6(sa), sa.proto = kProtoAh, sa.auth_only = sa.esn = true; });
  for (int twice = 0; twice < 2; ++twice) add([](SaConfig& sa) { sa.implicit_iv = true, sa.icv_bits = 64; });
  add([](SaConfig& sa) { sa.cipher = Cipher::kChaCha20Poly1305; });
  for (int twice = 0; twice < 2; ++twice) add([&](SaConfig& sa) { hmac(sa, Cipher::kAesCbc, Integrity::kHmacSha256); });
  for (int twice = 0; twice < 2; ++twice) add([&](SaConfig& sa) { hmac(sa, Cipher::kNull, Integrity::kHmacSha512); });
  for (int twice = 0; twice < 2; ++twice)
    add([&](SaConfig& sa) { sa.proto = kProtoAh, hmac(sa, Cipher::kNull, Integrity::kHmacSha256); });
  for (int twice = 0; twice < 2; ++twice)
    add([&](SaConfig& sa) {
      v6(sa), sa.proto = kProtoAh, sa.esn = true, hmac(sa, Cipher::kNull, Integrity::kHmacSha512);
    });
  return all;
}

inline bool on_card(const SaConfig& sa) {
  return sa.cipher == Cipher::kAesGcm && !sa.has_hmac();
}

}  // namespace xesp::fuzz
#endif
