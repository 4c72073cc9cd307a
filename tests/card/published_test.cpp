// SPDX-License-Identifier: Apache-2.0
// Published ESP packets through the whole inbound path: those of draft-mcgrew-gcm-test-01, section 4 (test cases for
// RFC 4106 and RFC 4543), whose SPI ESP has and whose sequence numbers are not extended.
#include <gtest/gtest.h>

#include "engine/self_test.h"
#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

struct PublishedCase {
  const char* name;
  const char* key;
  const char* salt;
  uint32_t spi;
  uint64_t seq;
  bool auth_only;
  const char* esp;
  uint8_t next_header;
  const char* payload;
};

const PublishedCase kCases[] = {
    {"Aes128", "feffe9928665731c6d6a8f9467308308", "cafebabe", 0xa5f8, 10, false,
     "0000a5f8 0000000a facedbaddecaf888"
     "deb22cd9b07c72c16e3a65beeb8df304 a5a5897d33ae530f1ba76d5d114d2a5c"
     "3de81827c10e9a4f51330d0eec416642 cfbb85a5b47e48a4ec3b9ba95d918bd1"
     "83b70d3aa8bc6ee4c309e9d85a41ad4a",
     1,
     "4500003e698f000080114dccc0a80102c0a801010a980035002a2343b2d0010000010000000000000373697009637962"
     "6572636974790264 6b0000010001"},
    {"Aes192", "feffe9928665731c6d6a8f9467308308feffe9928665731c", "cafebabe", 0xa5f8, 10, false,
     "0000a5f8 0000000a facedbaddecaf888"
     "a5b1f8066029aea40e598b8122de0242 0938b3ab33f828e687b8858b5bfbdbd0 315b27452144cc77"
     "95457b9652037f5318027b5b4cd7a636",
     1, "45000028a4ad4000400678800a01038f0a010612802306b8cb712602dd6bb03e501016d07568"},
    {"Aes256", "abbccddef00112233445566778899aababbccddef00112233445566778899aab", "11223344", 0x4a2cbfe3, 2, false,
     "4a2cbfe3 00000002 0102030405060708"
     "ff425c9b724599df7a3bcd510194e00d 6a78107f1b0b1cbf06efae9d65a5d763"
     "748a637985771d347f0545659f14e99d ef842d8e"
     "b335f4eecfdbf831824b4c4915956c96",
     1,
     "4500003069a64000800626 90c0a801029389155e0a9e008b2dc57ee0"
     "000000007002400020bf0000020405b401010402"},
    {"NoPayloadLastNumber", "7d773d00c144c525ac619d18c84a3f47", "d9664267", 0x335467ae, 0xffffffff, false,
     "335467ae ffffffff 43457e9182443bc6 437f866b cb3f699fe9b0822bac961c4504bef270", 1, ""},
    {"Gmac128", "4c80cdefbb5d10da906ac73c3613a634", "22433c64", 0x4321, 7, true,
     "00004321 00000007 0000000000000000"
     "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768696a6b6c6d6e6f707172737401020201"
     "f2a9a836e155106aa8dcd618e4099aaa",
     1, "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768696a6b6c6d6e6f7071727374"},
};

class Published : public testing::TestWithParam<PublishedCase> {};

TEST_P(Published, EspPacketOfTheGcmTestDraft) {
  const PublishedCase& c = GetParam();
  const auto card = make_engine_under_test(test_seed());
  SaConfig sa = make_sa(Direction::kIn, Mode::kTransport, c.spi);
  sa.key = Secret(hex(c.key));
  sa.salt = Secret(hex(c.salt));
  sa.auth_only = c.auth_only;
  card->install(sa);

  const Bytes packet = ipv4(sa.src.str(), sa.dst.str(), 50, hex(c.esp));
  for (const size_t at : {size_t{24}, size_t{28}, size_t{36}, packet.size() - 17, packet.size() - 1}) {
    Bytes altered = packet;
    altered[at] ^= 1;
    EXPECT_EQ(receive(*card, altered).status, abi::kDropIcv) << "byte " << at;
  }
  const Result r = receive(*card, packet);
  ASSERT_EQ(r.status, abi::kOk);
  EXPECT_EQ(r.seq, c.seq);
  EXPECT_EQ(r.data, ipv4(sa.src.str(), sa.dst.str(), c.next_header, hex(c.payload)));
}

INSTANTIATE_TEST_SUITE_P(Draft, Published, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(SelfTest, TheCardPasses) {
  const auto card = make_engine_under_test(test_seed());
  EXPECT_NO_THROW(self_test(*card));
}

}  // namespace
}  // namespace xesp::test
