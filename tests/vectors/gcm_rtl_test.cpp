// SPDX-License-Identifier: Apache-2.0
// NIST CAVP vectors through the RTL's GCM pair (gcm_ctr and gcm_ghash), with random stalls on its streams. Of the
// AES-256 cases it takes those that ESP's shape has room for: 96-bit IV, AAD of up to one block, text of a byte or more.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "Vxesp_gcm.h"
#include "bench.h"
#include "cavp.h"
#include "gcm/hash_powers.h"
#include "streams.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;
using hls_util::pack;
using hls_util::unpack;

template <int BITS>
ap_uint<BITS> number(const uint8_t* bytes, size_t count) {
  ap_uint<BITS> v = 0;
  for (size_t i = 0; i < count; ++i) v.range(8 * i + 7, 8 * i) = bytes[i];
  return v;
}

template <int BITS>
void append(std::vector<uint8_t>& to, const ap_uint<BITS>& v, size_t count) {
  for (size_t i = 0; i < count; ++i) to.push_back(ap_uint<8>(v.range(8 * i + 7, 8 * i)).to_uint());
}

class GcmRtl : public testing::TestWithParam<bool> {};  // decrypt

TEST_P(GcmRtl, NistVectors) {
  const bool decrypt = GetParam();
  std::vector<CavpCase> cases = read_cavp(cavp_folder() + (decrypt ? "gcmDecrypt256.rsp" : "gcmEncryptExtIV256.rsp"));
  std::erase_if(cases, [](const CavpCase& c) { return c.iv.size() != 12 || c.aad.size() > 16 || c.cipher.empty(); });
  ASSERT_GE(cases.size(), 800u);

  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu, %zu vectors\n", static_cast<unsigned long long>(seed), cases.size());
  Vxesp_gcm dut;
  bench::Bench bench(dut, seed);
  auto& pt = bench.input("pt", kPtBits, dut.pt_TDATA, dut.pt_TVALID, dut.pt_TREADY);
  auto& key = bench.input("key", kKeyBits, dut.key_TDATA, dut.key_TVALID, dut.key_TREADY);
  auto& hp = bench.input("hp", kHpBits, dut.hp_TDATA, dut.hp_TVALID, dut.hp_TREADY);
  auto& ct = bench.output("ct", kCtBits, dut.ct_TDATA, dut.ct_TVALID, dut.ct_TREADY);
  auto& tag = bench.output("tag", kTagBits, dut.tag_TDATA, dut.tag_TVALID, dut.tag_TREADY);
  bench.set_random_stalls();
  bench.reset();

  size_t beats = 0;
  for (const CavpCase& c : cases) {
    const std::vector<uint8_t>& text = decrypt ? c.cipher : c.plain;
    for (size_t at = 0; at < text.size(); at += 64, ++beats) {
      const size_t here = std::min<size_t>(64, text.size() - at);
      Text t;
      t.data = number<512>(text.data() + at, here);
      t.bytes = here;
      t.first = at == 0;
      t.last = at + here == text.size();
      t.dummy = 0;
      t.decrypt = decrypt;
      pt.push(pack<kPtBits>(t));
    }
    Key k;
    k.key = number<256>(c.key.data(), 32);
    k.nonce = number<96>(c.iv.data(), 12);
    key.push(pack<kKeyBits>(k));
    const gcm::HashPowers powers(c.key);
    HashParams h;
    for (size_t i = 0; i < powers.power.size(); ++i) h.h.range(128 * i + 127, 128 * i) = number<128>(powers.power[i].data(), 16);
    h.aad = number<128>(c.aad.data(), c.aad.size());
    h.aad_bits = 8 * c.aad.size();
    h.ct_len = c.cipher.size();
    hp.push(pack<kHpBits>(h));
  }
  ASSERT_TRUE(bench.run_until([&] { return tag.size() == cases.size() && ct.size() == beats; })) << bench.message();

  size_t refused = 0;
  for (const CavpCase& c : cases) {
    std::vector<uint8_t> text, computed;
    for (bool last = false; !last;) {
      const Text t = unpack<Text>(ct.pop<kCtBits>());
      append(text, t.data, t.bytes.to_uint());
      last = t.last;
    }
    append(computed, tag.pop<kTagBits>(), c.tag.size());
    if (c.fails) {
      ++refused;
      EXPECT_NE(computed, c.tag) << c.where << ", " << bench.message();
      continue;
    }
    EXPECT_EQ(computed, c.tag) << c.where << ", " << bench.message();
    EXPECT_EQ(text, decrypt ? c.plain : c.cipher) << c.where << ", " << bench.message();
  }
  EXPECT_EQ(refused > 0, decrypt);
}

INSTANTIATE_TEST_SUITE_P(Cavp, GcmRtl, testing::Bool(),
                         [](const auto& info) { return info.param ? "decrypt" : "encrypt"; });

}  // namespace
}  // namespace xesp::test
