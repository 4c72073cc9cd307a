// SPDX-License-Identifier: Apache-2.0
// The RTL's GCM pair (gcm_ctr and gcm_ghash), with random stalls on its streams: NIST CAVP vectors, all that have a
// 96-bit IV, and random messages against OpenSSL in the shapes that the vectors leave out.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "Vxesp_gcm.h"
#include "bench.h"
#include "cavp.h"
#include "gcm/openssl_aead.h"
#include "gcm_feed.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

template <int BITS>
void append(Octets& to, const ap_uint<BITS>& v, size_t count) {
  for (size_t i = 0; i < count; ++i) to.push_back(ap_uint<8>(v.range(8 * i + 7, 8 * i)).to_uint());
}

uint64_t new_seed() {
  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

struct Answer {
  Octets plain;   // of the beats that are plain, as they came
  Octets cipher;  // of the others
  Octets tag;
};

class Pair {
 public:
  explicit Pair(uint64_t seed)
      : bench_(dut_, seed),
        pt_(bench_.input("pt", kPtBits, dut_.pt_TDATA, dut_.pt_TVALID, dut_.pt_TREADY)),
        key_(bench_.input("key", kKeyBits, dut_.key_TDATA, dut_.key_TVALID, dut_.key_TREADY)),
        hp_(bench_.input("hp", kHpBits, dut_.hp_TDATA, dut_.hp_TVALID, dut_.hp_TREADY)),
        ct_(bench_.output("ct", kCtBits, dut_.ct_TDATA, dut_.ct_TVALID, dut_.ct_TREADY)),
        tag_(bench_.output("tag", kTagBits, dut_.tag_TDATA, dut_.tag_TVALID, dut_.tag_TREADY)) {
    bench_.set_random_stalls();
    bench_.reset();
  }

  void send(const GcmWords& m) {
    for (const auto& beat : m.pt) pt_.push(beat);
    key_.push(m.key);
    hp_.push(m.hp);
    beats_ += m.pt.size();
    ++messages_;
  }

  bool run() {
    return bench_.run_until([&] { return tag_.size() == messages_ && ct_.size() == beats_; });
  }

  Answer answer() {
    Answer a;
    for (bool last = false; !last;) {
      const Text t = hls_util::unpack<Text>(ct_.pop<kCtBits>());
      append(t.plain ? a.plain : a.cipher, t.data, t.bytes.to_uint());
      last = t.last;
    }
    append(a.tag, tag_.pop<kTagBits>(), 16);
    return a;
  }

  std::string message() const { return bench_.message(); }

 private:
  Vxesp_gcm dut_;
  bench::Bench bench_;
  bench::Stream& pt_;
  bench::Stream& key_;
  bench::Stream& hp_;
  bench::Stream& ct_;
  bench::Stream& tag_;
  size_t beats_ = 0, messages_ = 0;
};

class GcmRtl : public testing::TestWithParam<std::tuple<bool, unsigned>> {};  // decrypt, bits of the key

TEST_P(GcmRtl, NistVectors) {
  const auto [decrypt, bits] = GetParam();
  std::vector<CavpCase> cases =
      read_cavp(cavp_folder() + (decrypt ? "gcmDecrypt" : "gcmEncryptExtIV") + std::to_string(bits) + ".rsp");
  std::erase_if(cases, [](const CavpCase& c) { return c.iv.size() != 12; });
  ASSERT_EQ(cases.size(), 2625u);
  const uint64_t seed = new_seed();
  Pair pair(seed);
  std::mt19937_64 random(seed);
  for (const CavpCase& c : cases)
    pair.send(gcm_message(c.key, c.iv, c.aad, decrypt ? c.cipher : c.plain, decrypt, random() % 2 == 0));
  ASSERT_TRUE(pair.run()) << pair.message();

  size_t refused = 0, empty = 0, long_aad = 0;
  for (const CavpCase& c : cases) {
    ASSERT_EQ(c.key.size() * 8, bits);
    Answer a = pair.answer();
    a.tag.resize(c.tag.size());  // SP 800-38D 7.1 step 6: the leftmost bits
    empty += c.cipher.empty();
    long_aad += c.aad.size() > 16;
    if (c.fails) {
      ++refused;
      EXPECT_NE(a.tag, c.tag) << c.where << ", " << pair.message();
      continue;
    }
    EXPECT_EQ(a.tag, c.tag) << c.where << ", " << pair.message();
    EXPECT_EQ(a.cipher, decrypt ? c.plain : c.cipher) << c.where << ", " << pair.message();
  }
  EXPECT_EQ(refused > 0, decrypt);
  EXPECT_GT(empty, cases.size() / 6);
  EXPECT_GT(long_aad, cases.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Cavp, GcmRtl, testing::Combine(testing::Bool(), testing::Values(128, 192, 256)),
                         [](const auto& info) {
                           return (std::get<0>(info.param) ? "decrypt" : "encrypt") +
                                  std::to_string(std::get<1>(info.param));
                         });

Octets hex(const std::string& digits) {
  Octets bytes;
  for (size_t i = 0; i < digits.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

Octets random_octets(std::mt19937_64& random, size_t count) {
  Octets bytes(count);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
  return bytes;
}

// What is in front of the text in its AAD: RFC 4106 5, RFC 4543 3.3.
Octets aad_of(const EspCase& c) {
  Octets aad;
  const auto add = [&aad](uint64_t v, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) aad.push_back(static_cast<uint8_t>(v >> (8 * i)));
  };
  add(c.spi, 4);
  add(c.number, c.esn ? 8 : 4);
  if (c.gmac) aad.insert(aad.end(), c.nonce.begin() + 4, c.nonce.end());
  return aad;
}

std::string describe(const EspCase& c) {
  return std::string(c.gmac ? "gmac" : "gcm") + (c.esn ? " esn, " : ", ") + std::to_string(c.key.size()) +
         " bytes of key, " + std::to_string(c.text.size()) + (c.decrypt ? " in, " : " out, ");
}

// Messages of both kinds and all key lengths behind each other, around the lengths at which beats end: what one leaves
// behind in the pair must not reach the next.
TEST(GcmPair, EspShapesMixed) {
  const uint64_t seed = new_seed();
  std::mt19937_64 random(seed);
  std::vector<EspCase> cases;
  for (size_t words = 1; words <= 68; ++words)
    for (const size_t key_bytes : {16, 24, 32})
      for (const bool gmac : {false, true})
        for (const bool esn : {false, true})
          cases.push_back({random_octets(random, key_bytes), random_octets(random, 12), static_cast<uint32_t>(random()),
                           random(), gmac, esn, random() % 2 == 0, random_octets(random, 4 * words)});
  std::ranges::shuffle(cases, random);

  Pair pair(seed);
  for (const EspCase& c : cases) pair.send(esp_message(c));
  ASSERT_TRUE(pair.run()) << pair.message();
  for (const EspCase& c : cases) {
    const Answer a = pair.answer();
    const std::string where = describe(c) + pair.message();
    gcm::OpensslAead seal(gcm::Aead::Use::kSeal, c.key);
    Octets tag(16), other(c.text.size());
    if (c.gmac) {
      seal.sign(c.nonce, aad_of(c), c.text, tag);
      EXPECT_EQ(a.plain, c.text) << where;
      EXPECT_TRUE(a.cipher.empty()) << where;
      EXPECT_EQ(a.tag, tag) << where;
    } else if (!c.decrypt) {
      seal.seal(c.nonce, aad_of(c), c.text, other.data(), tag);
      EXPECT_EQ(a.cipher, other) << where;
      EXPECT_EQ(a.tag, tag) << where;
    } else {
      gcm::OpensslAead open(gcm::Aead::Use::kOpen, c.key);
      EXPECT_TRUE(open.open(c.nonce, aad_of(c), c.text, a.tag, other.data())) << where;
      EXPECT_EQ(a.cipher, other) << where;
    }
  }
}

// With AES-GMAC and extended numbers the hash is four bytes out of step with the text: each bit of what it covers must
// still count, the text's last ones too.
TEST(GcmPair, EveryBitOfGmacCounts) {
  const uint64_t seed = new_seed();
  std::mt19937_64 random(seed);
  for (const bool esn : {false, true})
    for (const size_t words : {15, 16, 17, 33}) {
      const EspCase good{random_octets(random, 16),       random_octets(random, 12), 0x1001, random(), true, esn, true,
                         random_octets(random, 4 * words)};
      std::vector<EspCase> broken;
      for (size_t bit = 0; bit < 32 * words; ++bit) {
        broken.push_back(good);
        broken.back().text[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      }
      for (size_t bit = 0; bit < 64; ++bit) {
        broken.push_back(good);
        broken.back().nonce[4 + bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      }
      for (int bit = 0; bit < (esn ? 64 : 32); ++bit) {
        broken.push_back(good);
        broken.back().number ^= uint64_t{1} << bit;
      }
      for (int bit = 0; bit < 32; ++bit) {
        broken.push_back(good);
        broken.back().spi ^= uint32_t{1} << bit;
      }
      Octets tag(16);
      gcm::OpensslAead(gcm::Aead::Use::kSeal, good.key).sign(good.nonce, aad_of(good), good.text, tag);
      Pair pair(seed);
      for (const EspCase& c : broken) pair.send(esp_message(c));
      pair.send(esp_message(good));
      ASSERT_TRUE(pair.run()) << pair.message();
      for (size_t i = 0; i < broken.size(); ++i)
        EXPECT_NE(pair.answer().tag, tag) << describe(good) << "flip " << i << ", " << pair.message();
      EXPECT_EQ(pair.answer().tag, tag) << describe(good) << pair.message();
    }
}

// The cases of draft-mcgrew-gcm-test-01 with extended sequence numbers: key, salt and IV, SPI, number, text,
// ciphertext, tag.
TEST(GcmPair, DraftVectorsWithExtendedNumbers) {
  struct Draft {
    const char *key, *nonce;
    uint32_t spi;
    uint64_t number;
    const char *plain, *cipher, *tag;
  };
  const Draft drafts[] = {
      {"4c80cdefbb5d10da906ac73c3613a634", "2e443b684956ed7e3b244cfe", 0x4321, 0x8765432100000000,
       "45000048699a000080114db7c0a80102c0a801010a9bf15638d301000001000000000000045f736970045f7564700373697009637962657"
       "26369747902646b000021000101020201",
       "fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6"
       "247aeabb786b93bce61bc17d768fd9732",
       "459018148f6cbe722fd04796562dfdb4"},
      {"3de09874b388e6491988d0c3607eae1f", "57690e434e280000a2fca1a3", 0x42f67e3f, 0x1010101010101010,
       "4500001c42a200008001441f406793b6e00000020a00f5ff01020201",
       "fba2ca845e5df9f0f22c3e6e86dd831e1fc65792cd1af9130e1379ed", "369f071f35e034be95f112e4e7d05d35"},
      {"abbccddef00112233445566778899aababbccddef00112233445566778899aab", "73616c74616e640169766563", 0x17405e67,
       0x156f3126dd0db99b, "45080028732c00004006e9f90a0106120a01038f06b88023dd6bafbecb71260250101f646d540001",
       "f2d69ecdbd5a0d5b8d5ef38bad4da58d1f278fde98ef67549d524a3018d9a57ff4d3a31ce673119e",
       "451626c2415771e3b7eebca614c89b35"},
      {"abbccddef00112233445566778899aab", "decaf888cafedebaceface74", 0x100, 1,
       "746f016265016f72016e6f7401746f0162650001", "29c9fc69a197d038ccdd14e2ddfcaa0543332164",
       "412503524303ed3c6c5f283843af8c3e"},
  };
  for (const bool decrypt : {false, true}) {
    Pair pair(new_seed());
    for (const Draft& d : drafts)
      pair.send(esp_message(
          {hex(d.key), hex(d.nonce), d.spi, d.number, false, true, decrypt, hex(decrypt ? d.cipher : d.plain)}));
    ASSERT_TRUE(pair.run()) << pair.message();
    for (const Draft& d : drafts) {
      const Answer a = pair.answer();
      EXPECT_EQ(a.cipher, hex(decrypt ? d.plain : d.cipher)) << d.tag;
      EXPECT_EQ(a.tag, hex(d.tag));
    }
  }
}

// A long plain message with 14-bit lengths on both sides, and every text length's counter behind long AAD.
TEST(GcmPair, LongAadAndText) {
  const uint64_t seed = new_seed();
  std::mt19937_64 random(seed);
  struct Case {
    Octets key, iv, aad, text;
  };
  std::vector<Case> cases;
  for (const size_t aad : {17, 63, 64, 65, 2048, 9600, 16383})
    for (const size_t text : {0, 1, 64, 65, 9600, 16383}) {
      constexpr std::array<size_t, 3> kSizes = {16, 24, 32};
      cases.push_back({random_octets(random, kSizes[random() % 3]), random_octets(random, 12),
                       random_octets(random, aad), random_octets(random, text)});
    }
  Pair pair(seed);
  for (const Case& c : cases) pair.send(gcm_message(c.key, c.iv, c.aad, c.text, false, false));
  ASSERT_TRUE(pair.run()) << pair.message();
  for (const Case& c : cases) {
    const Answer a = pair.answer();
    gcm::OpensslAead seal(gcm::Aead::Use::kSeal, c.key);
    Octets tag(16), cipher(c.text.size());
    seal.seal(c.iv, c.aad, c.text, cipher.data(), tag);
    EXPECT_EQ(a.cipher, cipher) << c.aad.size() << " of AAD, " << c.text.size() << " of text, " << pair.message();
    EXPECT_EQ(a.tag, tag) << c.aad.size() << " of AAD, " << c.text.size() << " of text, " << pair.message();
  }
}

}  // namespace
}  // namespace xesp::test
