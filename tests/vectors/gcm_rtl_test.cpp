// SPDX-License-Identifier: Apache-2.0
// The RTL's GCM pair (gcm_ctr and gcm_ghash), with random stalls on its streams: NIST CAVP vectors, all that have a 96-bit
// IV, and random messages against OpenSSL in the shapes that the vectors leave out.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "Vxesp_gcm.h"
#include "bench.h"
#include "cavp.h"
#include "gcm/aead.h"
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
                           return (std::get<0>(info.param) ? "decrypt" : "encrypt") + std::to_string(std::get<1>(info.param));
                         });

Octets random_octets(std::mt19937_64& random, size_t count) {
  Octets bytes(count);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
  return bytes;
}

// Messages of both kinds and all key lengths behind each other, around the lengths at which beats end: what one leaves
// behind in the pair must not reach the next.
TEST(GcmPair, EspShapesMixed) {
  const uint64_t seed = new_seed();
  std::mt19937_64 random(seed);
  struct Case {
    bool gmac, decrypt;
    Octets key, iv, aad, text;
  };
  std::vector<Case> cases;
  for (size_t words = 1; words <= 68; ++words)
    for (const size_t key_bytes : {16, 24, 32})
      for (const bool gmac : {false, true})
        for (const bool esn : {false, true}) {
          Case c{gmac, random() % 2 == 0, random_octets(random, key_bytes), random_octets(random, 12), {}, {}};
          c.aad = random_octets(random, gmac ? (esn ? 12 : 8) : (esn ? 12 : 8));
          if (gmac) c.aad.insert(c.aad.end(), c.iv.begin() + 4, c.iv.end());
          c.text = random_octets(random, 4 * words);
          cases.push_back(std::move(c));
        }
  std::ranges::shuffle(cases, random);

  Pair pair(seed);
  for (const Case& c : cases)
    pair.send(c.gmac ? gmac_message(c.key, c.iv, c.aad, c.text, c.decrypt)
                     : gcm_message(c.key, c.iv, c.aad, c.text, c.decrypt, true));
  ASSERT_TRUE(pair.run()) << pair.message();
  for (const Case& c : cases) {
    const Answer a = pair.answer();
    const std::string where = (c.gmac ? "gmac, " : "gcm, ") + std::to_string(c.key.size()) + " bytes of key, " +
                              std::to_string(c.aad.size()) + " of AAD, " + std::to_string(c.text.size()) +
                              (c.decrypt ? " in, " : " out, ") + pair.message();
    gcm::Aead seal(gcm::Aead::Use::kSeal, c.key);
    Octets tag(16), cipher(c.text.size());
    if (c.gmac) {
      Octets all = c.aad;
      all.insert(all.end(), c.text.begin(), c.text.end());
      seal.seal(c.iv, all, {}, cipher.data(), tag);
      EXPECT_EQ(a.plain, c.text) << where;
      EXPECT_TRUE(a.cipher.empty()) << where;
      EXPECT_EQ(a.tag, tag) << where;
    } else if (!c.decrypt) {
      seal.seal(c.iv, c.aad, c.text, cipher.data(), tag);
      EXPECT_EQ(a.cipher, cipher) << where;
      EXPECT_EQ(a.tag, tag) << where;
    } else {
      gcm::Aead open(gcm::Aead::Use::kOpen, c.key);
      EXPECT_TRUE(open.open(c.iv, c.aad, c.text, a.tag, cipher.data())) << where;
      EXPECT_EQ(a.cipher, cipher) << where;
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
    gcm::Aead seal(gcm::Aead::Use::kSeal, c.key);
    Octets tag(16), cipher(c.text.size());
    seal.seal(c.iv, c.aad, c.text, cipher.data(), tag);
    EXPECT_EQ(a.cipher, cipher) << c.aad.size() << " of AAD, " << c.text.size() << " of text, " << pair.message();
    EXPECT_EQ(a.tag, tag) << c.aad.size() << " of AAD, " << c.text.size() << " of text, " << pair.message();
  }
}

}  // namespace
}  // namespace xesp::test
