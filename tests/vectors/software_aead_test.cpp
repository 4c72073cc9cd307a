// SPDX-License-Identifier: Apache-2.0
// NIST CAVP vectors with a 96-bit IV through AES-GCM in software, by each library.
#include <gtest/gtest.h>

#include <algorithm>

#include "cavp.h"
#include "gcm/aead.h"

namespace xesp::test {
namespace {

class SoftwareAead : public testing::TestWithParam<std::tuple<Crypto, unsigned>> {
 protected:
  void SetUp() override {
    if (std::get<0>(GetParam()) == Crypto::kIpsecMb && !why_no_ipsec_mb().empty()) GTEST_SKIP() << why_no_ipsec_mb();
  }
  static std::vector<CavpCase> read(const std::string& kind) {
    std::vector<CavpCase> cases = read_cavp(cavp_folder() + kind + std::to_string(std::get<1>(GetParam())) + ".rsp");
    std::erase_if(cases, [](const CavpCase& c) { return c.iv.size() != 12; });
    return cases;
  }
};

TEST_P(SoftwareAead, Encrypts) {
  const std::vector<CavpCase> cases = read("gcmEncryptExtIV");
  ASSERT_EQ(cases.size(), 2625u);
  for (const CavpCase& c : cases) {
    std::vector<uint8_t> cipher(c.plain.size()), tag(16);
    const auto aead = gcm::Aead::make(std::get<0>(GetParam()), gcm::Aead::Use::kSeal, c.key);
    aead->seal(c.iv, c.aad, c.plain, cipher.data(), tag);
    tag.resize(c.tag.size());  // SP 800-38D 7.1 step 6: the leftmost bits
    ASSERT_EQ(cipher, c.cipher) << c.where;
    ASSERT_EQ(tag, c.tag) << c.where;
  }
}

TEST_P(SoftwareAead, DecryptsAndRefuses) {
  const std::vector<CavpCase> cases = read("gcmDecrypt");
  ASSERT_EQ(cases.size(), 2625u);
  size_t refused = 0;
  for (const CavpCase& c : cases) {
    std::vector<uint8_t> plain(c.cipher.size());
    const auto aead = gcm::Aead::make(std::get<0>(GetParam()), gcm::Aead::Use::kOpen, c.key);
    ASSERT_EQ(aead->open(c.iv, c.aad, c.cipher, c.tag, plain.data()), !c.fails) << c.where;
    if (!c.fails) ASSERT_EQ(plain, c.plain) << c.where;
    refused += c.fails;
  }
  EXPECT_GT(refused, 100u);
}

INSTANTIATE_TEST_SUITE_P(Cavp, SoftwareAead,
                         testing::Combine(testing::Values(Crypto::kOpenssl, Crypto::kIpsecMb),
                                          testing::Values(128u, 192u, 256u)),
                         [](const auto& info) {
                           return (std::get<0>(info.param) == Crypto::kOpenssl ? "OpenSSL" : "IpsecMb") +
                                  std::to_string(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace xesp::test
