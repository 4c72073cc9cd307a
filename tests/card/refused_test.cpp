// SPDX-License-Identifier: Apache-2.0
// What the card refuses as ip_options and software takes, AH behind options and extension headers, with both as one
// engine.
#include <gtest/gtest.h>

#include <set>

#include "engine/card_engine.h"
#include "engines.h"
#include "port.h"
#include "support/packets.h"
#include "support/sas.h"
#include "xesp/offload_engine.h"

namespace xesp::test {
namespace {

class Refused : public testing::TestWithParam<bool> {
 protected:
  bool v6 = GetParam();
  std::unique_ptr<OffloadEngine> engine =
      make_offload_engine([] { return make_card_engine(make_port_under_test(test_seed())); });
  std::unique_ptr<Engine> peer = make_software_engine();

  SaConfig make(Direction direction, Offload offload = Offload::kAuto) const {
    SaConfig sa = make_sa(direction, Mode::kTransport, 0x5900);
    sa.proto = kProtoAh;
    sa.auth_only = true;
    if (v6) {
      sa.src = IpAddress::parse("2001:db8::1");
      sa.dst = IpAddress::parse("2001:db8::2");
    }
    sa.offload = offload;
    return sa;
  }
  Bytes plain() const {
    return v6 ? ipv6("2001:db8::1", "2001:db8::2", 17, counting(20))
              : ipv4("192.0.2.1", "198.51.100.1", 17, counting(20));
  }
  Bytes with_options() const {
    return v6 ? ipv6("2001:db8::1", "2001:db8::2", 17, counting(20), {{60, {0, 1, 4, 0, 0, 0, 0}}})
              : ipv4_with_options("192.0.2.1", "198.51.100.1", 17, {1, 1, 1, 0}, counting(20));
  }
  std::vector<Result> through(Direction direction, const std::vector<Bytes>& packets, SaHandle sa = {}) {
    std::vector<PacketIn> in;
    for (const Bytes& p : packets) in.push_back({p, sa});
    std::vector<PacketOut> out;
    engine->process(direction, in, out);
    std::vector<Result> results;
    for (const PacketOut& o : out) results.push_back({o.status, o.seq, Bytes(o.data.begin(), o.data.end())});
    return results;
  }
};

TEST_P(Refused, OutboundGoesOnInSoftwareWithNumbersOfItsOwn) {
  const SaHandle sa = engine->install(make(Direction::kOut));
  peer->install(make(Direction::kIn));
  ASSERT_TRUE(engine->placement(Direction::kOut, sa).on_card);
  std::set<uint64_t> numbers;
  size_t sent = 0;
  for (int batch = 0; batch < 3; ++batch) {
    const std::vector<Bytes> clear{plain(), with_options(), plain(), with_options(), plain()};
    for (const Result& r : through(Direction::kOut, clear, sa)) {
      ASSERT_EQ(r.status, abi::kOk);
      EXPECT_TRUE(numbers.insert(r.seq).second) << r.seq << " twice";
      const Result back = receive(*peer, r.data);
      EXPECT_EQ(back.status, abi::kOk);
      EXPECT_EQ(back.data, clear[sent++ % clear.size()]);
    }
    EXPECT_FALSE(engine->placement(Direction::kOut, sa).on_card);
  }
  EXPECT_EQ(*numbers.rbegin(), sent);
  EXPECT_NE(engine->placement(Direction::kOut, sa).reason.find("options"), std::string::npos);
  const EngineCounters counters = engine->counters(Direction::kOut);
  EXPECT_EQ(counters.packets, sent);
  EXPECT_EQ(counters.by_reason[abi::kOk], sent);
  EXPECT_EQ(counters.by_reason[abi::kDropIpOptions], 0u);
  EXPECT_EQ(engine->stats(Direction::kOut, sa).packets, sent);
  engine->remove(Direction::kOut, sa);
}

TEST_P(Refused, InboundMovesForAnAuthenticPacketOnly) {
  const SaHandle sender = peer->install(make(Direction::kOut));
  const SaHandle sa = engine->install(make(Direction::kIn));
  const Bytes first = send(*peer, sender, plain()).data, second = send(*peer, sender, with_options()).data,
              third = send(*peer, sender, with_options()).data, fourth = send(*peer, sender, plain()).data;
  Bytes forged = second;
  forged.back() ^= 1;
  EXPECT_EQ(through(Direction::kIn, {first, forged, forged})[2].status, abi::kDropIcv);
  EXPECT_TRUE(engine->placement(Direction::kIn, sa).on_card) << "anybody can make such a packet";

  const auto results = through(Direction::kIn, {forged, second, third});
  EXPECT_EQ(results[0].status, abi::kDropIcv);
  for (const size_t i : {1, 2}) {
    EXPECT_EQ(results[i].status, abi::kOk);
    EXPECT_EQ(results[i].data, with_options());
  }
  EXPECT_FALSE(engine->placement(Direction::kIn, sa).on_card);
  const auto again = through(Direction::kIn, {first, second, third, fourth, fourth});
  for (const size_t i : {0, 1, 2}) EXPECT_NE(again[i].status, abi::kOk) << "replay " << i;
  EXPECT_EQ(again[3].status, abi::kOk);
  EXPECT_EQ(again[4].status, abi::kDropReplay);
  const EngineCounters counters = engine->counters(Direction::kIn);
  EXPECT_EQ(counters.packets, 11u);
  EXPECT_EQ(counters.by_reason[abi::kOk], 4u);
  EXPECT_EQ(counters.by_reason[abi::kDropIcv], 3u);
  EXPECT_EQ(counters.by_reason[abi::kDropIpOptions], 0u);
}

TEST_P(Refused, WhatRequiresTheCardStaysThereAndDrops) {
  const SaHandle sa = engine->install(make(Direction::kOut, Offload::kRequire));
  const auto results = through(Direction::kOut, {plain(), with_options(), plain()}, sa);
  EXPECT_EQ(results[1].status, abi::kDropIpOptions);
  EXPECT_EQ(results[2].seq, 2u) << "no number is taken";
  EXPECT_TRUE(engine->placement(Direction::kOut, sa).on_card);
}

// Software has the card's limit of extension headers before ESP.
TEST(RefusedEsp, WhatSoftwareDoesNotTakeEitherMovesNothing) {
  const auto engine = make_offload_engine([] { return make_card_engine(make_port_under_test(test_seed())); });
  SaConfig esp = make_sa(Direction::kOut, Mode::kTransport, 0x5900);
  esp.src = IpAddress::parse("2001:db8::1");
  esp.dst = IpAddress::parse("2001:db8::2");
  const SaHandle sa = engine->install(esp);
  const Bytes long_one = ipv6("2001:db8::1", "2001:db8::2", 17, counting(20), {extension(60, 5)});
  EXPECT_EQ(send(*engine, sa, long_one).status, abi::kDropIpOptions);
  EXPECT_TRUE(engine->placement(Direction::kOut, sa).on_card);
  EXPECT_EQ(engine->counters(Direction::kOut).by_reason[abi::kDropIpOptions], 1u);
}

INSTANTIATE_TEST_SUITE_P(Families, Refused, testing::Bool(),
                         [](const auto& info) { return info.param ? "Ipv6" : "Ipv4"; });

}  // namespace
}  // namespace xesp::test
