// SPDX-License-Identifier: Apache-2.0
// Nothing that fails its check leaves the card: every bit of a packet matters.
#include <gtest/gtest.h>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

// Bits of the outer IPv4 header that ESP does not protect (RFC 4303 3.1: it stands before the ESP header) and that the
// card does not look at: TOS, identification, reserved flag and DF, TTL, checksum and source address.
bool outside_the_promise(size_t bit) {
  const size_t byte = bit / 8;
  return byte == 1 || byte == 4 || byte == 5 || (byte == 6 && bit % 8 >= 6) || byte == 8 || byte == 10 || byte == 11 ||
         (byte >= 12 && byte < 16);
}

struct Algorithm {
  const char* name;
  size_t key_bytes;
  bool auth_only;
};
const Algorithm kAlgorithms[] = {{"gcm256", 32, false}, {"gcm192", 24, false}, {"gmac128", 16, true}};

SaConfig make(Direction direction, Mode mode, const Algorithm& algorithm) {
  SaConfig sa = make_sa(direction, mode);
  sa.key = Secret(counting(algorithm.key_bytes));
  sa.auth_only = algorithm.auth_only;
  return sa;
}

class Integrity : public testing::TestWithParam<std::tuple<Mode, size_t, Algorithm>> {};

TEST_P(Integrity, AFlippedBitNeverYieldsAPacket) {
  const auto& [mode, length, algorithm] = GetParam();
  const auto card = make_engine_under_test(test_seed());
  const auto sender = make_software_engine();
  const SaHandle sa = sender->install(make(Direction::kOut, mode, algorithm));
  const SaHandle in_sa = card->install(make(Direction::kIn, mode, algorithm));
  const Bytes clear = ipv4("192.0.2.1", "198.51.100.1", 17, counting(length));
  const Bytes good = send(*sender, sa, clear).data;

  std::vector<Bytes> broken;
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    if (outside_the_promise(bit)) continue;
    Bytes b = good;
    b[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
    broken.push_back(std::move(b));
  }
  std::vector<PacketIn> in(broken.size());
  for (size_t i = 0; i < broken.size(); ++i) in[i].data = broken[i];
  std::vector<PacketOut> out;
  card->process(Direction::kIn, in, out);
  ASSERT_EQ(out.size(), broken.size());
  size_t icv = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    EXPECT_NE(out[i].status, abi::kOk) << "broken packet " << i;
    EXPECT_TRUE(out[i].data.empty());
    icv += out[i].status == abi::kDropIcv;
  }
  EXPECT_GE(icv, (good.size() - 36 + 8) * 8) << "sequence number, IV, ciphertext and ICV fail by the ICV";
  EXPECT_EQ(card->stats(Direction::kIn, in_sa).packets, 0u);

  // The card goes on, and its replay window has not moved.
  const Result r = receive(*card, good);
  ASSERT_EQ(r.status, abi::kOk);
  EXPECT_EQ(r.data, clear);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Integrity,
                         testing::Combine(testing::Values(Mode::kTransport, Mode::kTunnel), testing::Values(0, 37, 100),
                                          testing::ValuesIn(kAlgorithms)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) == Mode::kTunnel ? "tunnel" : "transport") +
                                  std::to_string(std::get<1>(info.param)) + std::get<2>(info.param).name;
                         });

// A key, and the same with zeros behind it: another length is another key. GCM's packet is not GMAC's.
TEST(Integrity, AnotherKeyLengthOrAlgorithmOpensNothing) {
  const auto card = make_engine_under_test(test_seed());
  const auto sender = make_software_engine();
  uint32_t spi = 0x4000;
  for (const size_t ours : {16, 24, 32})
    for (const size_t theirs : {16, 24, 32})
      for (const bool gmac : {false, true}) {
        SaConfig out = make_sa(Direction::kOut, Mode::kTunnel, ++spi), in = make_sa(Direction::kIn, Mode::kTunnel, spi);
        Bytes key = counting(16);
        key.resize(ours);
        in.key = Secret(key);
        key.resize(theirs);
        out.key = Secret(key);
        in.auth_only = gmac;
        const SaHandle same = sender->install(out);
        card->install(in);
        const Bytes sealed = send(*sender, same, ipv4("10.1.0.1", "10.2.0.1", 17, counting(64))).data;
        EXPECT_EQ(receive(*card, sealed).status, ours == theirs && !gmac ? abi::kOk : abi::kDropIcv)
            << ours << " and " << theirs << " bytes, gmac " << gmac;
      }
}

TEST(Integrity, AnotherKeySaltOrSpiOpensNothing) {
  const auto card = make_engine_under_test(test_seed());
  const auto sender = make_software_engine();
  const SaHandle sa = sender->install(make_sa(Direction::kOut, Mode::kTunnel, 0x1001, 1));
  card->install(make_sa(Direction::kIn, Mode::kTunnel, 0x1001, 2));
  const Bytes sealed = send(*sender, sa, ipv4("10.1.0.1", "10.2.0.1", 17, counting(64))).data;
  EXPECT_EQ(receive(*card, sealed).status, abi::kDropIcv);
  Bytes other_spi = sealed;
  other_spi[23] ^= 0x10;
  EXPECT_EQ(receive(*card, other_spi).status, abi::kDropNoSa);
}

}  // namespace
}  // namespace xesp::test
