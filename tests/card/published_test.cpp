// SPDX-License-Identifier: Apache-2.0
// A published ESP packet through the whole inbound path: the AES-256 case of draft-mcgrew-gcm-test-01, section 4 (test
// cases for RFC 4106).
#include <gtest/gtest.h>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

TEST(Published, EspPacketOfTheGcmTestDraft) {
  const auto card = make_engine_under_test(test_seed());
  SaConfig sa = make_sa(Direction::kIn, Mode::kTransport, 0x4a2cbfe3);
  sa.key = Secret(hex("abbccddef00112233445566778899aababbccddef00112233445566778899aab"));
  sa.salt = Secret(hex("11223344"));
  card->install(sa);

  const Bytes esp = hex("4a2cbfe3 00000002 0102030405060708"
                        "ff425c9b724599df7a3bcd510194e00d 6a78107f1b0b1cbf06efae9d65a5d763"
                        "748a637985771d347f0545659f14e99d ef842d8e"
                        "b335f4eecfdbf831824b4c4915956c96");
  const Bytes packet = ipv4(sa.src.str(), sa.dst.str(), 50, esp);
  Bytes altered = packet;
  altered[60] ^= 1;
  EXPECT_EQ(receive(*card, altered).status, abi::kDropIcv);

  // 48 bytes of payload, padding 01 02, pad length 2, next header 1.
  const Bytes payload = hex("4500003069a64000800626 90c0a801029389155e0a9e008b2dc57ee0"
                            "000000007002400020bf0000020405b401010402");
  const Result r = receive(*card, packet);
  ASSERT_EQ(r.status, abi::kOk);
  EXPECT_EQ(r.seq, 2u);
  EXPECT_EQ(r.data, ipv4(sa.src.str(), sa.dst.str(), 1, payload));
}

}  // namespace
}  // namespace xesp::test
