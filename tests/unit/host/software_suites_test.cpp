// SPDX-License-Identifier: Apache-2.0
// The suites that software alone does: AES-CBC and NULL with an HMAC, ChaCha20-Poly1305. tests/unit/host/scapy_peer.py
// has them against another implementation.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <set>

#include "support/packets.h"
#include "support/refusal.h"
#include "support/sas.h"
#include "xesp/engine.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

struct Case {
  const char* name;
  Cipher cipher;
  Integrity integrity;
  size_t key_bytes;
};
const Case kCases[] = {{"Cbc128Sha256", Cipher::kAesCbc, Integrity::kHmacSha256, 16},
                       {"Cbc192Sha384", Cipher::kAesCbc, Integrity::kHmacSha384, 24},
                       {"Cbc256Sha512", Cipher::kAesCbc, Integrity::kHmacSha512, 32},
                       {"NullSha256", Cipher::kNull, Integrity::kHmacSha256, 0},
                       {"ChaCha20", Cipher::kChaCha20Poly1305, Integrity::kOfCipher, 32}};

class Suites : public testing::TestWithParam<std::tuple<Case, Mode, bool>> {
 protected:
  SaConfig make(Direction direction) const {
    const auto& [suite, mode, esn] = GetParam();
    SaConfig sa = make_sa(direction, mode);
    sa.cipher = suite.cipher;
    sa.integrity = suite.integrity;
    sa.key = Secret(counting(suite.key_bytes, 3));
    if (sa.has_hmac()) {
      sa.salt = Secret();
      sa.auth_key = Secret(counting(digest_bits(sa.integrity) / 8, 90));
      sa.icv_bits = digest_bits(sa.integrity) / 2;
    }
    sa.esn = esn;
    if (esn) sa.seq = direction == Direction::kOut ? 0x2fffffff0ull : 0x2ffffff00ull;
    return sa;
  }
  std::unique_ptr<Engine> engine = make_software_engine();
  SaHandle out = engine->install(make(Direction::kOut));
  SaHandle in = engine->install(make(Direction::kIn));
  static Bytes clear(size_t payload) { return ipv4("192.0.2.1", "198.51.100.1", 17, counting(payload)); }
};

TEST_P(Suites, EveryLengthComesBack) {
  const bool cbc = std::get<0>(GetParam()).cipher == Cipher::kAesCbc;
  const size_t around = 20 + 8 +
                        (cbc                                               ? 16
                         : std::get<0>(GetParam()).cipher == Cipher::kNull ? 0
                                                                           : 8) +
                        make(Direction::kOut).icv_bytes();
  for (size_t n = 0; n <= 300; ++n) {
    const Result wire = send(*engine, out, clear(n));
    ASSERT_EQ(wire.status, abi::kOk);
    ASSERT_EQ((wire.data.size() - around) % (cbc ? 16 : 4), 0u) << n;
    const Result back = receive(*engine, wire.data);
    ASSERT_EQ(back.status, abi::kOk) << n;
    ASSERT_EQ(back.data, clear(n));
    ASSERT_EQ(receive(*engine, wire.data).status, abi::kDropReplay);
  }
}

TEST_P(Suites, AFlippedBitNeverYieldsAPacket) {
  const Bytes wire = send(*engine, out, clear(50)).data;
  for (size_t bit = 20 * 8; bit < wire.size() * 8; ++bit) {
    Bytes bad = wire;
    bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const Result got = receive(*engine, bad);
    ASSERT_TRUE(got.status == abi::kDropIcv || got.status == abi::kDropNoSa) << "bit " << bit;
    ASSERT_TRUE(got.data.empty());
  }
  for (size_t n = 0; n < wire.size(); ++n) {
    Bytes cut(wire.begin(), wire.begin() + static_cast<ptrdiff_t>(n));
    fix_length(cut);
    ASSERT_NE(receive(*engine, cut).status, abi::kOk) << n;
  }
  EXPECT_EQ(engine->stats(Direction::kIn, in).packets, 0u);
  EXPECT_EQ(receive(*engine, wire).status, abi::kOk);
}

// The ICV by OpenSSL's one-shot HMAC: over ESP to the end of the text, and the high half with extended numbers (RFC
// 4303 2.2.1).
TEST_P(Suites, TheHmacIsOverWhatRfc4303Says) {
  const SaConfig sa = make(Direction::kOut);
  if (!sa.has_hmac()) GTEST_SKIP() << "an AEAD has no HMAC";
  const Result wire = send(*engine, out, clear(50));
  const size_t icv = sa.icv_bytes();
  Bytes covered(wire.data.begin() + 20, wire.data.end() - static_cast<ptrdiff_t>(icv));
  if (sa.esn)
    for (int shift = 56; shift >= 32; shift -= 8) covered.push_back(static_cast<uint8_t>(wire.seq >> shift));
  const EVP_MD* digest = sa.integrity == Integrity::kHmacSha256   ? EVP_sha256()
                         : sa.integrity == Integrity::kHmacSha384 ? EVP_sha384()
                                                                  : EVP_sha512();
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(digest, sa.auth_key.bytes().data(), static_cast<int>(sa.auth_key.size()), covered.data(), covered.size(), mac,
       &size);
  EXPECT_EQ(Bytes(wire.data.end() - static_cast<ptrdiff_t>(icv), wire.data.end()), Bytes(mac, mac + icv));
}

INSTANTIATE_TEST_SUITE_P(Software, Suites,
                         testing::Combine(testing::ValuesIn(kCases), testing::Values(Mode::kTransport, Mode::kTunnel),
                                          testing::Bool()),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param).name) +
                                  (std::get<1>(info.param) == Mode::kTunnel ? "Tunnel" : "Transport") +
                                  (std::get<2>(info.param) ? "Esn" : "");
                         });

// RFC 3602 3: an IV that an attacker can foretell gives a chosen-plaintext attack on CBC.
TEST(CbcIv, NeverComesTwiceAndIsNoCounter) {
  const auto engine = make_software_engine();
  SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
  sa.cipher = Cipher::kAesCbc;
  sa.integrity = Integrity::kHmacSha256;
  sa.salt = Secret();
  sa.auth_key = Secret(counting(32));
  const SaHandle out = engine->install(sa);
  std::set<Bytes> ivs;
  Bytes before;
  for (int i = 0; i < 1000; ++i) {
    const Bytes wire = send(*engine, out, ipv4("10.1.0.1", "10.2.0.1", 17, counting(20))).data;
    const Bytes iv(wire.begin() + 28, wire.begin() + 44);
    EXPECT_TRUE(ivs.insert(iv).second);
    if (!before.empty()) EXPECT_NE(Bytes(iv.begin(), iv.begin() + 8), Bytes(before.begin(), before.begin() + 8));
    before = iv;
  }
}

TEST(SuiteCheck, NamesTheFieldAndTheFix) {
  const auto cbc = [] {
    SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
    sa.cipher = Cipher::kAesCbc;
    sa.integrity = Integrity::kHmacSha256;
    sa.salt = Secret();
    sa.auth_key = Secret(counting(32));
    return sa;
  };
  cbc().check();
  const auto refused = [&](const char* say, auto change) {
    SaConfig sa = cbc();
    change(sa);
    EXPECT_NE(refusal([&] { sa.check(); }).find(say), std::string::npos) << refusal([&] { sa.check(); });
  };
  refused("auth: cbc(aes)", [](SaConfig& sa) { sa.integrity = Integrity::kOfCipher; });
  refused("auth key", [](SaConfig& sa) { sa.auth_key = Secret(counting(20)); });
  refused("auth ICV length", [](SaConfig& sa) { sa.icv_bits = 96; });
  refused("enc key", [](SaConfig& sa) { sa.key = Secret(counting(8)); });
  refused("enc: salt", [](SaConfig& sa) { sa.implicit_iv = true; });
  refused("enc: AH does not encrypt", [](SaConfig& sa) { sa.proto = kProtoAh; });
  refused("auth: an AEAD", [](SaConfig& sa) { sa.cipher = Cipher::kAesGcm; });
}

}  // namespace
}  // namespace xesp::test
