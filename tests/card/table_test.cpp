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
  std::vector<SaConfig> outbound, inbound;
  for (unsigned i = 0; i < abi::kSaCapacity; ++i) {
    const uint32_t spi = 256 + i * 7919u;
    outbound.push_back(make_sa(Direction::kOut, Mode::kTunnel, spi, static_cast<uint8_t>(i)));
    inbound.push_back(make_sa(Direction::kIn, Mode::kTunnel, spi, static_cast<uint8_t>(i)));
  }
  const std::vector<SaHandle> on_card = card->install_all(outbound), on_reference = reference->install_all(outbound);
  card->install_all(inbound);
  for (unsigned i = 0; i < abi::kSaCapacity; ++i) sas.push_back({outbound[i].spi, on_card[i], on_reference[i]});
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
  for (const SaStats& stats : card->stats_all(Direction::kOut, on_card)) ASSERT_EQ(stats.packets, 1u);
  card->remove_all(Direction::kOut, on_card);
  card->process(Direction::kOut, to_card, sealed);
  for (const PacketOut& o : sealed) ASSERT_EQ(o.status, abi::kDropNoSa);
}

// What is installed or removed at once is so wholly or not at all.
TEST(Table, ManyAtOnceAllOrNothing) {
  const auto card = make_engine_under_test(test_seed());
  const auto sender = make_software_engine();
  std::vector<SaConfig> in;
  std::vector<PacketIn> packets;
  std::vector<Bytes> wire;
  const auto add = [&](uint32_t spi) {
    in.push_back(make_sa(Direction::kIn, Mode::kTunnel, spi, 5));
    const SaHandle out = sender->install(make_sa(Direction::kOut, Mode::kTunnel, spi, 5));
    wire.push_back(send(*sender, out, ipv4("10.1.0.1", "10.2.0.1", 17, counting(9))).data);
  };
  for (uint32_t i = 0; i < 300; ++i) add(0x5000 + i);
  in.push_back(in[7].clone());
  EXPECT_THROW(card->install_all(in), Error) << "the same name twice";
  for (const Bytes& w : wire) packets.push_back({w});
  std::vector<PacketOut> out;
  card->process(Direction::kIn, packets, out);
  for (const PacketOut& o : out) ASSERT_EQ(o.status, abi::kDropNoSa);

  in.pop_back();
  std::vector<SaHandle> handles = card->install_all(in);
  card->process(Direction::kIn, packets, out);
  for (size_t i = 0; i < out.size(); ++i) {
    ASSERT_EQ(out[i].status, abi::kOk);
    ASSERT_EQ(out[i].sa, handles[i]);
  }
  std::vector<SaHandle> wrong = handles;
  ++wrong.back().generation;
  EXPECT_THROW(card->remove_all(Direction::kIn, wrong), Error);
  for (const SaStats& s : card->stats_all(Direction::kIn, handles)) ASSERT_EQ(s.packets, 1u);
  const SaHandle twice[] = {handles[0], handles[1], handles[0]};
  EXPECT_THROW(card->remove_all(Direction::kIn, twice), Error);
  for (const SaStats& s : card->stats_all(Direction::kIn, handles)) ASSERT_EQ(s.packets, 1u);
  const auto reference = make_software_engine();
  const std::vector<SaHandle> there = reference->install_all(std::span(in).first(2));
  const SaHandle there_twice[] = {there[0], there[1], there[0]};
  EXPECT_THROW(reference->remove_all(Direction::kIn, there_twice), Error);
  EXPECT_EQ(reference->stats_all(Direction::kIn, there).size(), 2u) << "none was touched";
  in.back().direction = Direction::kOut;
  EXPECT_THROW(card->install_all(in), Error) << "two directions";
  card->remove_all(Direction::kIn, handles);
  card->process(Direction::kIn, packets, out);
  for (const PacketOut& o : out) ASSERT_EQ(o.status, abi::kDropNoSa);
  EXPECT_TRUE(card->install_all({}).empty());
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
  SaConfig one = make_sa(Direction::kOut, Mode::kTunnel, 0x2000, 1),
           two = make_sa(Direction::kOut, Mode::kTunnel, 0x2000, 2);
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
