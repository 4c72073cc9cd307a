// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <random>

#include "gcm/aead.h"
#include "gcm/gf128.h"
#include "gcm/hash_powers.h"
#include "support/packets.h"
#include "xesp/engine.h"
#include "xesp/error.h"

namespace xesp::gcm {
namespace {

using test::Bytes;
using test::hex;

Block block(const std::string& digits) {
  const Bytes bytes = hex(digits);
  Block b{};
  std::copy_n(bytes.begin(), b.size(), b.begin());
  return b;
}

Block random_block(std::mt19937_64& random) {
  Block b;
  for (uint8_t& byte : b) byte = static_cast<uint8_t>(random());
  return b;
}

Block add(Block a, const Block& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] ^= b[i];
  return a;
}

// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation": AES-256, 20 bytes of AAD, 60 of text.
const char* const kKey16 = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const char* const kNonce16 = "cafebabefacedbaddecaf888";
const char* const kAad16 = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
const char* const kPlain16 =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
    "ba637b39";
const char* const kCipher16 =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
    "bcc9f662";
const char* const kTag16 = "76fc6ece0f4e1768cddf8853bb2d551b";

TEST(Gf128, OneIsNeutralAndZeroAbsorbs) {
  std::mt19937_64 random(1);
  Block one{};
  one[0] = 0x80;
  for (int i = 0; i < 100; ++i) {
    const Block x = random_block(random);
    EXPECT_EQ(multiply(x, one), x);
    EXPECT_EQ(multiply(one, x), x);
    EXPECT_EQ(multiply(x, Block{}), Block{});
  }
}

TEST(Gf128, IsAField) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200; ++i) {
    const Block a = random_block(random), b = random_block(random), c = random_block(random);
    EXPECT_EQ(multiply(a, b), multiply(b, a));
    EXPECT_EQ(multiply(multiply(a, b), c), multiply(a, multiply(b, c)));
    EXPECT_EQ(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)));
  }
}

TEST(Gf128, ProductOfTheGcmPaper) {
  // Test case 2: H, the only ciphertext block, and their product.
  EXPECT_EQ(multiply(block("0388dace60b6a392f328c2b971b2fe78"), block("66e94bd4ef8a2c3b884cfa59ca342b2e")),
            block("5e2ec746917062882c85b0685353deb7"));
}

TEST(HashPowers, SubkeyOfTheGcmPaper) {
  const HashPowers h(hex(kKey16));
  EXPECT_EQ(h.power[0], block("acbef20579b4b8ebce889bac8732dad7"));
}

// Test cases 4 and 10 of the same paper: the same key, shorter.
TEST(HashPowers, SubkeysOfShorterKeys) {
  EXPECT_EQ(HashPowers(hex(std::string(kKey16).substr(0, 32))).power[0], block("b83b533708bf535d0aa6e52980d53b78"));
  EXPECT_EQ(HashPowers(hex(std::string(kKey16).substr(0, 48))).power[0], block("466923ec9ae682214f2c082badb39249"));
}

TEST(HashPowers, WantsAKeyOfAes) {
  for (const size_t bytes : {0, 15, 17, 20, 31, 33, 64}) {
    EXPECT_THROW(HashPowers h(test::counting(bytes)), Error) << bytes;
    EXPECT_THROW(Aead::make(Crypto::kOpenssl, Aead::Use::kSeal, test::counting(bytes)), Error) << bytes;
    EXPECT_THROW(Aead::make(Crypto::kAuto, Aead::Use::kSeal, test::counting(bytes)), Error) << bytes;
  }
}

// GHASH of four blocks by powers, as the card aggregates a beat, against OpenSSL's tag.
TEST(HashPowers, AggregatedHashGivesOpensslsTag) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 50; ++round) {
    Bytes key(32), nonce(12), plain(64);
    for (Bytes* bytes : {&key, &nonce, &plain})
      for (uint8_t& b : *bytes) b = static_cast<uint8_t>(random());
    Bytes cipher(64), tag(16);
    Aead::make(Crypto::kOpenssl, Aead::Use::kSeal, key)->seal(nonce, {}, plain, cipher.data(), tag);

    const HashPowers h(key);
    Block hash{};
    for (size_t i = 0; i < 4; ++i) {
      Block c;
      std::copy_n(cipher.begin() + static_cast<long>(16 * i), 16, c.begin());
      hash = add(hash, multiply(c, h.power[4 - i]));  // H^5 .. H^2
    }
    Block lengths{};
    lengths[14] = 64 * 8 >> 8;
    hash = add(hash, multiply(lengths, h.power[0]));

    // E(K, Y0) is the keystream block in front of the text: the tag of the empty message, whose hash is 0.
    Bytes mask(16);
    Aead::make(Crypto::kOpenssl, Aead::Use::kSeal, key)->seal(nonce, {}, {}, mask.data(), mask);
    Block e;
    std::copy_n(mask.begin(), 16, e.begin());
    EXPECT_EQ(Bytes(tag), [&] {
      const Block t = add(hash, e);
      return Bytes(t.begin(), t.end());
    }());
  }
}

// Each library that works here.
class ByEachLibrary : public testing::TestWithParam<Crypto> {
 protected:
  void SetUp() override {
    if (GetParam() == Crypto::kIpsecMb && !why_no_ipsec_mb().empty()) GTEST_SKIP() << why_no_ipsec_mb();
  }
};
INSTANTIATE_TEST_SUITE_P(Aead, ByEachLibrary, testing::Values(Crypto::kOpenssl, Crypto::kIpsecMb),
                         [](const auto& info) { return info.param == Crypto::kOpenssl ? "OpenSSL" : "IpsecMb"; });

// draft-mcgrew-gcm-test-01: an ESP packet with AES-128-GMAC. Its AAD is SPI, sequence number and IV, and then the text.
TEST_P(ByEachLibrary, PublishedGmac) {
  const Bytes key = hex("4c80cdefbb5d10da906ac73c3613a634"), nonce = hex("22433c640000000000000000");
  const Bytes aad = hex("00004321000000070000000000000000");
  Bytes text =
      hex("45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768696a6b6c6d6e6f7071727374"
          "01020201");
  const Bytes published = hex("f2a9a836e155106aa8dcd618e4099aaa");
  Bytes tag(16);
  Aead::make(GetParam(), Aead::Use::kSeal, key)->sign(nonce, aad, text, tag);
  EXPECT_EQ(tag, published);
  const auto open = Aead::make(GetParam(), Aead::Use::kOpen, key);
  EXPECT_TRUE(open->verify(nonce, aad, text, tag));
  text[20] ^= 1;
  EXPECT_FALSE(open->verify(nonce, aad, text, tag));
  text[20] ^= 1;
  tag[15] ^= 1;
  EXPECT_FALSE(open->verify(nonce, aad, text, tag));
  EXPECT_FALSE(open->verify(nonce, aad, text, Bytes(17)));
  EXPECT_TRUE(open->verify(nonce, aad, text, published));
}

TEST_P(ByEachLibrary, EveryKeyLengthOpensItsOwn) {
  for (const size_t bytes : {16, 24, 32}) {
    const Bytes key = test::counting(bytes), nonce = test::counting(12), aad = test::counting(20),
                text = test::counting(77);
    Bytes cipher(77), tag(12), back(77);
    Aead::make(GetParam(), Aead::Use::kSeal, key)->seal(nonce, aad, text, cipher.data(), tag);
    EXPECT_NE(cipher, text);
    EXPECT_TRUE(Aead::make(GetParam(), Aead::Use::kOpen, key)->open(nonce, aad, cipher, tag, back.data()));
    EXPECT_EQ(back, text);
    for (const size_t other : {16, 24, 32}) {
      if (other == bytes) continue;
      EXPECT_FALSE(
          Aead::make(GetParam(), Aead::Use::kOpen, test::counting(other))->open(nonce, aad, cipher, tag, back.data()));
    }
  }
}

TEST_P(ByEachLibrary, PublishedVector) {
  Bytes cipher(60), tag(16);
  Aead::make(GetParam(), Aead::Use::kSeal, hex(kKey16))
      ->seal(hex(kNonce16), hex(kAad16), hex(kPlain16), cipher.data(), tag);
  EXPECT_EQ(cipher, hex(kCipher16));
  EXPECT_EQ(tag, hex(kTag16));
  Bytes plain(60);
  EXPECT_TRUE(Aead::make(GetParam(), Aead::Use::kOpen, hex(kKey16))
                  ->open(hex(kNonce16), hex(kAad16), hex(kCipher16), hex(kTag16), plain.data()));
  EXPECT_EQ(plain, hex(kPlain16));
}

TEST_P(ByEachLibrary, AWrongTagLeavesZeros) {
  Bytes tag = hex(kTag16);
  tag[7] ^= 0x10;
  Bytes plain(60, 0xee);
  const auto aead = Aead::make(GetParam(), Aead::Use::kOpen, hex(kKey16));
  EXPECT_FALSE(aead->open(hex(kNonce16), hex(kAad16), hex(kCipher16), tag, plain.data()));
  EXPECT_EQ(plain, Bytes(60));
  EXPECT_TRUE(aead->open(hex(kNonce16), hex(kAad16), hex(kCipher16), hex(kTag16), plain.data()))
      << "usable after a failure";
}

// Texts in two places, of lengths around blocks and around what a library treats in its own ways.
TEST_P(ByEachLibrary, ATextInTwoPlacesIsSealedAsOne) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 3000; ++round) {
    const size_t bytes = random() % (round % 10 == 0 ? 9000 : 700), from = random() % (bytes + 1);
    Bytes key(random() % 3 * 8 + 16), nonce(12), aad(random() % 21), text(bytes);
    for (Bytes* some : {&key, &nonce, &aad, &text})
      for (uint8_t& b : *some) b = static_cast<uint8_t>(random());
    const size_t tag_bytes = 8 + random() % 3 * 4;
    Bytes wanted(bytes), wanted_tag(tag_bytes), got(bytes), tag(tag_bytes), back(bytes);
    Aead::make(Crypto::kOpenssl, Aead::Use::kSeal, key)->seal(nonce, aad, text, wanted.data(), wanted_tag);

    std::copy(text.begin() + static_cast<long>(from), text.end(), got.begin() + static_cast<long>(from));
    Aead::make(GetParam(), Aead::Use::kSeal, key)->seal_from(nonce, aad, std::span(text).first(from), got, tag);
    ASSERT_EQ(got, wanted) << bytes << " bytes, " << from << " apart";
    ASSERT_EQ(tag, wanted_tag) << bytes << " bytes, " << from << " apart";
    const auto open = Aead::make(GetParam(), Aead::Use::kOpen, key);
    ASSERT_TRUE(open->open(nonce, aad, got, tag, back.data())) << bytes;
    ASSERT_EQ(back, text);
    tag[random() % tag_bytes] ^= static_cast<uint8_t>(1 << random() % 8);
    ASSERT_FALSE(open->open(nonce, aad, got, tag, back.data())) << bytes;
    ASSERT_EQ(back, Bytes(bytes));
  }
}

TEST_P(ByEachLibrary, PartsAreSignedAsOneString) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 1000; ++round) {
    Bytes key(random() % 3 * 8 + 16), nonce(12), all(random() % 700);
    for (Bytes* some : {&key, &nonce, &all})
      for (uint8_t& b : *some) b = static_cast<uint8_t>(random());
    const size_t first = random() % (all.size() + 1), second = first + random() % (all.size() - first + 1);
    Bytes wanted(16), tag(16);
    Aead::make(Crypto::kOpenssl, Aead::Use::kSeal, key)->sign(nonce, {all}, wanted);
    const std::span<const uint8_t> text(all);
    const auto aead = Aead::make(GetParam(), Aead::Use::kOpen, key);
    Aead::make(GetParam(), Aead::Use::kSeal, key)
        ->sign(nonce, {text.first(first), text.subspan(first, second - first), text.subspan(second)}, tag);
    ASSERT_EQ(tag, wanted) << all.size() << ' ' << first << ' ' << second;
    ASSERT_TRUE(aead->verify(nonce, {text.first(second), text.subspan(second)}, tag));
    tag[random() % 16] ^= 4;
    ASSERT_FALSE(aead->verify(nonce, {text.first(second), text.subspan(second)}, tag));
  }
}

TEST(IpsecMb, IsRefusedWithTheReasonOrWorks) {
  const Bytes key(16);
  if (why_no_ipsec_mb().empty()) {
    EXPECT_NE(Aead::make(Crypto::kIpsecMb, Aead::Use::kSeal, key), nullptr);
    EXPECT_TRUE(make_software_engine(Crypto::kIpsecMb)->description().starts_with("software (ipsec-mb "));
    EXPECT_EQ(make_software_engine(Crypto::kAuto)->description(),
              make_software_engine(Crypto::kIpsecMb)->description());
  } else {
    EXPECT_THROW(Aead::make(Crypto::kIpsecMb, Aead::Use::kSeal, key), Error);
    EXPECT_THROW(make_software_engine(Crypto::kIpsecMb), Error);
    EXPECT_EQ(make_software_engine(Crypto::kAuto)->description(), "software (OpenSSL)");
  }
}

}  // namespace
}  // namespace xesp::gcm
