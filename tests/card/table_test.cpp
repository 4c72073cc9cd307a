// SPDX-License-Identifier: Apache-2.0
// The SA tables: full, each entry its own, counters per SA, changes between packets.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

TEST(Table, EverySaOfAFullTableFindsItsOwn) {
  const auto card = make_engine_under_test(test_seed());
  const auto reference = make_software_engine();
  std::mt19937_64 random(test_seed());
  struct Sa {
    uint32_t spi;
    SaHandle card, reference;
  };
  std::vector<Sa> sas;
  for (unsigned i = 0; i < abi::kSaCapacity; ++i) {
    const uint32_t spi = 256 + i * 7919u;
    const auto out = make_sa(Direction::kOut, Mode::kTunnel, spi, static_cast<uint8_t>(i));
    sas.push_back({spi, card->install(out), reference->install(out)});
    card->install(make_sa(Direction::kIn, Mode::kTunnel, spi, static_cast<uint8_t>(i)));
  }
  EXPECT_THROW(card->install(make_sa(Direction::kOut, Mode::kTunnel, 99)), Error);
  EXPECT_THROW(card->install(make_sa(Direction::kIn, Mode::kTunnel, 99)), Error);

  std::shuffle(sas.begin(), sas.end(), random);
  std::vector<Bytes> clear;
  for (unsigned i = 0; i < sas.size(); ++i) clear.push_back(ipv4("10.1.0.1", "10.2.0.1", 17, counting(random() % 80)));
  std::vector<PacketIn> to_card, to_reference, back;
  for (unsigned i = 0; i < sas.size(); ++i) {
    to_card.push_back({clear[i], sas[i].card});
    to_reference.push_back({clear[i], sas[i].reference});
  }
  std::vector<PacketOut> sealed, wanted, opened;
  card->process(Direction::kOut, to_card, sealed);
  reference->process(Direction::kOut, to_reference, wanted);
  for (unsigned i = 0; i < sas.size(); ++i) {
    ASSERT_EQ(sealed[i].status, abi::kOk) << "SPI " << sas[i].spi;
    ASSERT_TRUE(std::ranges::equal(sealed[i].data, wanted[i].data)) << "SPI " << sas[i].spi;
    back.push_back({wanted[i].data});
  }
  card->process(Direction::kIn, back, opened);
  for (unsigned i = 0; i < sas.size(); ++i) {
    ASSERT_EQ(opened[i].status, abi::kOk) << "SPI " << sas[i].spi;
    ASSERT_TRUE(std::ranges::equal(opened[i].data, clear[i]));
  }
}

TEST(Table, CountersAreOfEachSa) {
  const auto card = make_engine_under_test(test_seed());
  const SaHandle a = card->install(make_sa(Direction::kOut, Mode::kTunnel, 0x1001, 1));
  const SaHandle b = card->install(make_sa(Direction::kOut, Mode::kTransport, 0x1002, 2));
  const SaHandle a_in = card->install(make_sa(Direction::kIn, Mode::kTunnel, 0x1001, 1));
  const Bytes p = ipv4("192.0.2.1", "198.51.100.1", 17, counting(30));
  for (int i = 0; i < 3; ++i) ASSERT_EQ(receive(*card, send(*card, a, p).data).status, abi::kOk);
  ASSERT_EQ(send(*card, b, p).status, abi::kOk);
  const SaStats sa = card->stats(Direction::kOut, a), sb = card->stats(Direction::kOut, b),
                si = card->stats(Direction::kIn, a_in);
  EXPECT_EQ(sa.packets, 3u);
  EXPECT_EQ(sa.bytes, 3 * p.size());
  EXPECT_EQ(sa.seq, 3u);
  EXPECT_EQ(sb.packets, 1u);
  EXPECT_EQ(si.packets, 3u);
  EXPECT_EQ(si.bytes, 3 * p.size());
  EXPECT_EQ(si.seq, 3u);
}

TEST(Table, SameSpiForTwoDestinations) {
  const auto card = make_engine_under_test(test_seed());
  const auto sender = make_software_engine();
  SaConfig one = make_sa(Direction::kOut, Mode::kTunnel, 0x2000, 1), two = make_sa(Direction::kOut, Mode::kTunnel, 0x2000, 2);
  two.dst = IpAddress::parse("198.51.100.2");
  const SaHandle s1 = sender->install(one), s2 = sender->install(two);
  one.direction = two.direction = Direction::kIn;
  card->install(one);
  const SaHandle second = card->install(two);
  EXPECT_THROW(card->install(two), Error);  // the same triple twice
  const Bytes p = ipv4("10.1.0.1", "10.2.0.1", 17, counting(30));
  EXPECT_EQ(receive(*card, send(*sender, s1, p).data).data, p);
  EXPECT_EQ(receive(*card, send(*sender, s2, p).data).data, p);
  card->remove(Direction::kIn, second);
  EXPECT_EQ(receive(*card, send(*sender, s2, p).data).status, abi::kDropNoSa);
  EXPECT_EQ(receive(*card, send(*sender, s1, p).data).data, p);
}

}  // namespace
}  // namespace xesp::test
