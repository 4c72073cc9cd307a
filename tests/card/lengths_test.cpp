// SPDX-License-Identifier: Apache-2.0
// Every payload length from 0 to 1500, tunnel and transport, out and in: byte by byte what OpenSSL makes.
#include <gtest/gtest.h>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

class Lengths : public testing::TestWithParam<Mode> {};

TEST_P(Lengths, EveryPayloadFromNothingTo1500) {
  const uint64_t seed = test_seed();
  const auto card = make_engine_under_test(seed);
  const auto reference = make_software_engine();
  const SaConfig out_sa = make_sa(Direction::kOut, GetParam());
  const SaConfig in_sa = make_sa(Direction::kIn, GetParam());
  const SaHandle card_sa = card->install(out_sa), reference_sa = reference->install(out_sa);
  card->install(in_sa);

  constexpr size_t kLongest = 1500, kBatch = 150;
  for (size_t from = 0; from <= kLongest; from += kBatch) {
    std::vector<Bytes> clear;
    for (size_t n = from; n < from + kBatch && n <= kLongest; ++n)
      clear.push_back(ipv4("192.0.2.1", "198.51.100.1", 17, counting(n, static_cast<uint8_t>(n * 7 + seed))));
    std::vector<PacketIn> to_card, to_reference;
    for (const Bytes& p : clear) {
      to_card.push_back({p, card_sa});
      to_reference.push_back({p, reference_sa});
    }
    std::vector<PacketOut> sealed, wanted, opened;
    card->process(Direction::kOut, to_card, sealed);
    reference->process(Direction::kOut, to_reference, wanted);
    ASSERT_EQ(sealed.size(), clear.size());
    std::vector<PacketIn> back;
    for (size_t i = 0; i < clear.size(); ++i) {
      ASSERT_EQ(wanted[i].status, abi::kOk);
      ASSERT_EQ(sealed[i].status, abi::kOk) << "payload " << from + i;
      ASSERT_EQ(sealed[i].seq, wanted[i].seq);
      ASSERT_EQ(Bytes(sealed[i].data.begin(), sealed[i].data.end()),
                Bytes(wanted[i].data.begin(), wanted[i].data.end()))
          << "payload " << from + i;
      back.push_back({wanted[i].data});
    }
    card->process(Direction::kIn, back, opened);
    ASSERT_EQ(opened.size(), clear.size());
    for (size_t i = 0; i < clear.size(); ++i) {
      ASSERT_EQ(opened[i].status, abi::kOk) << "payload " << from + i;
      ASSERT_EQ(Bytes(opened[i].data.begin(), opened[i].data.end()), clear[i]) << "payload " << from + i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, Lengths, testing::Values(Mode::kTransport, Mode::kTunnel),
                         [](const auto& info) { return info.param == Mode::kTunnel ? "tunnel" : "transport"; });

// Every key length with every ICV (RFC 4106 6), and with AES-GMAC (RFC 4543), in both modes, at the lengths around
// which beats begin and end; packets of all of these SAs follow each other.
TEST(Lengths, EveryKeyAndIcv) {
  const uint64_t seed = test_seed();
  const auto card = make_engine_under_test(seed);
  const auto reference = make_software_engine();
  struct Pair {
    SaHandle card, reference;
  };
  std::vector<Pair> sas;
  uint32_t spi = 0x2000;
  struct Kind {
    unsigned icv_bits;
    bool auth_only;
  };
  for (const Mode mode : {Mode::kTunnel, Mode::kTransport})
    for (const size_t key_bytes : {16, 24, 32})
      for (const Kind kind : {Kind{64, false}, Kind{96, false}, Kind{128, false}, Kind{128, true}}) {
        ++spi;
        SaConfig out = make_sa(Direction::kOut, mode, spi), in = make_sa(Direction::kIn, mode, spi);
        for (SaConfig* sa : {&out, &in}) {
          sa->key = Secret(counting(key_bytes, static_cast<uint8_t>(spi * 37 + seed)));
          sa->icv_bits = kind.icv_bits;
          sa->auth_only = kind.auth_only;
        }
        sas.push_back({card->install(out), reference->install(out)});
        card->install(in);
        reference->install(in);
      }
  std::vector<Bytes> clear;
  std::vector<PacketIn> to_card, to_reference;
  for (size_t n = 0; n <= 200; ++n)
    clear.push_back(ipv4("192.0.2.1", "198.51.100.1", 17, counting(n, static_cast<uint8_t>(n))));
  for (size_t i = 0; i < clear.size(); ++i)
    for (size_t k = 0; k < sas.size(); ++k) {
      const Pair& sa = sas[(i + k) % sas.size()];
      to_card.push_back({clear[i], sa.card});
      to_reference.push_back({clear[i], sa.reference});
    }
  std::vector<PacketOut> sealed, wanted, opened, refused;
  card->process(Direction::kOut, to_card, sealed);
  reference->process(Direction::kOut, to_reference, wanted);
  std::vector<Bytes> wire, forged;
  for (size_t i = 0; i < sealed.size(); ++i) {
    ASSERT_EQ(sealed[i].status, abi::kOk) << "packet " << i;
    ASSERT_EQ(Bytes(sealed[i].data.begin(), sealed[i].data.end()), Bytes(wanted[i].data.begin(), wanted[i].data.end()))
        << "packet " << i;
    wire.emplace_back(wanted[i].data.begin(), wanted[i].data.end());
    forged.push_back(wire.back());
    forged.back()[forged.back().size() - 1 - i % 8] ^=
        static_cast<uint8_t>(1u << i % 8);  // a bit of the ICV's last 8 bytes
  }
  std::vector<PacketIn> back, lies;
  for (const Bytes& b : forged) lies.push_back({b});
  for (const Bytes& b : wire) back.push_back({b});
  card->process(Direction::kIn, lies, refused);
  for (const PacketOut& o : refused) ASSERT_EQ(o.status, abi::kDropIcv);
  card->process(Direction::kIn, back, opened);
  for (size_t i = 0; i < opened.size(); ++i) {
    ASSERT_EQ(opened[i].status, abi::kOk) << "packet " << i;
    ASSERT_EQ(Bytes(opened[i].data.begin(), opened[i].data.end()), clear[i / sas.size()]) << "packet " << i;
  }
}

TEST(Lengths, TheLongestPacketAndOneMore) {
  const auto card = make_engine_under_test(test_seed());
  const SaHandle sa = card->install(make_sa(Direction::kOut, Mode::kTunnel));
  card->install(make_sa(Direction::kIn, Mode::kTunnel));
  // 20 + 16 + 16 bytes around it, and the trailer: the longest that stays within the card's limit.
  const size_t longest = abi::kMaxPacketBytes - 52 - 2;
  const Bytes fits = ipv4("10.1.0.1", "10.2.0.1", 17, counting(longest - 20));
  const Result sealed = send(*card, sa, fits);
  ASSERT_EQ(sealed.status, abi::kOk);
  EXPECT_EQ(sealed.data.size(), abi::kMaxPacketBytes);
  const Result opened = receive(*card, sealed.data);
  ASSERT_EQ(opened.status, abi::kOk);
  EXPECT_EQ(opened.data, fits);
  const Result refused = send(*card, sa, ipv4("10.1.0.1", "10.2.0.1", 17, counting(longest - 19)));
  EXPECT_EQ(refused.status, abi::kDropOutputTooBig);
  EXPECT_TRUE(refused.data.empty());
  EXPECT_EQ(send(*card, sa, fits).seq, sealed.seq + 1) << "the refused packet took a sequence number";
}

}  // namespace
}  // namespace xesp::test
