// SPDX-License-Identifier: Apache-2.0
// What the outer and the inner header of a tunnel have of each other: DSCP, ECN, DF (RFC 4301 5.1.2, RFC 6040).
#include <gtest/gtest.h>

#include <random>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

Bytes with_tos(Bytes packet, unsigned tos) {
  packet[1] = static_cast<uint8_t>(tos);
  fix_checksum(packet);
  return packet;
}

// All ECN pairs, some DSCPs, every choice that an SA has, on card and reference.
TEST(TunnelHeaders, CardAndReferenceAgree) {
  const auto card = make_engine_under_test(test_seed());
  const auto reference = make_software_engine();
  std::mt19937_64 random(test_seed());
  uint32_t spi = 0x4000;
  for (unsigned choice = 0; choice < 24; ++choice) {
    SaConfig out = make_sa(Direction::kOut, Mode::kTunnel, ++spi), in = make_sa(Direction::kIn, Mode::kTunnel, spi);
    out.ecn = in.ecn = choice & 1;
    in.decap_dscp = choice & 2;
    if (choice & 4) out.tos = static_cast<uint8_t>(random());
    out.df = static_cast<OuterDf>(choice / 8);
    const SaHandle on_card = card->install(out), on_reference = reference->install(out);
    card->install(in);
    reference->install(in);
    for (unsigned i = 0; i < 32; ++i) {
      Bytes clear = ipv4("10.1.0.1", "10.2.0.1", 17, counting(random() % 120));
      clear[6] = static_cast<uint8_t>(random() % 2 ? 0x40 : 0);
      if (i == 31) clear[10] ^= 1;  // a wrong checksum inside stays wrong
      clear = i == 31 ? clear : with_tos(clear, static_cast<unsigned>(random() % 64 * 4 + i % 4));
      const Result sent = send(*card, on_card, clear), wanted = send(*reference, on_reference, clear);
      ASSERT_EQ(sent.status, abi::kOk);
      ASSERT_EQ(sent.data, wanted.data) << "choice " << choice;
      Bytes wire = with_tos(wanted.data, static_cast<unsigned>(random() % 64 * 4 + i / 4 % 4));  // marked on the way
      const Result got = receive(*card, wire), expected = receive(*reference, wire);
      ASSERT_EQ(got.status, expected.status) << "choice " << choice;
      ASSERT_EQ(got.data, expected.data) << "choice " << choice;
    }
  }
  EXPECT_EQ(card->counters(Direction::kIn).by_reason, reference->counters(Direction::kIn).by_reason);
  EXPECT_GT(card->counters(Direction::kIn).by_reason[abi::kDropEcn], 0u);
}

// RFC 6040 figure 4: the inner field that leaves, by the arriving inner and outer ones; 4 is a drop.
TEST(TunnelHeaders, EcnAsRfc6040Says) {
  constexpr unsigned kLeaves[4][4] = {
      {0, 0, 0, 4},  // Not-ECT inside; outside Not-ECT, ECT(1), ECT(0), CE
      {1, 1, 1, 3},  // ECT(1)
      {2, 1, 2, 3},  // ECT(0)
      {3, 3, 3, 3},  // CE
  };
  const auto card = make_engine_under_test(test_seed());
  const SaHandle sa = card->install(make_sa(Direction::kOut, Mode::kTunnel));
  card->install(make_sa(Direction::kIn, Mode::kTunnel));
  for (unsigned inner = 0; inner < 4; ++inner)
    for (unsigned outer = 0; outer < 4; ++outer) {
      const Bytes clear = with_tos(ipv4("10.1.0.1", "10.2.0.1", 17, counting(30)), 0xb8 | inner);
      const Bytes sealed = send(*card, sa, clear).data;
      ASSERT_EQ(sealed[1], 0xb8 | inner) << "copied outside (RFC 6040 4.1)";
      const Result got = receive(*card, with_tos(sealed, 0x28 | outer));
      if (kLeaves[inner][outer] == 4) {
        EXPECT_EQ(got.status, abi::kDropEcn);
        EXPECT_TRUE(got.data.empty());
        continue;
      }
      ASSERT_EQ(got.status, abi::kOk);
      EXPECT_EQ(got.data, with_tos(clear, 0xb8 | kLeaves[inner][outer])) << "inner " << inner << ", outer " << outer;
    }
}

TEST(TunnelHeaders, WithoutDfTheIdentificationChanges) {
  const auto card = make_engine_under_test(test_seed());
  SaConfig config = make_sa(Direction::kOut, Mode::kTunnel);
  config.df = OuterDf::kClear;
  const SaHandle sa = card->install(config);
  const Bytes clear = ipv4("10.1.0.1", "10.2.0.1", 17, counting(30));
  const Bytes first = send(*card, sa, clear).data, second = send(*card, sa, clear).data;
  EXPECT_EQ(first[6] & 0x40, 0);
  EXPECT_NE(Bytes(first.begin() + 4, first.begin() + 6), Bytes(second.begin() + 4, second.begin() + 6))
      << "RFC 6864 4.2";
}

}  // namespace
}  // namespace xesp::test
