// SPDX-License-Identifier: Apache-2.0
// Random SAs, modes, families, lengths, options and header chains, out and in, right and damaged: packet by packet what
// the software engine (OpenSSL) makes of them. XESP_RANDOM_PACKETS sets the number; nightly runs take a million.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

class RandomTraffic : public testing::Test {
 protected:
  struct Pair {
    SaConfig out, in;
    SaHandle out_card, out_reference, in_card, in_reference;
  };

  uint64_t seed = test_seed();
  std::mt19937_64 random{seed};
  std::unique_ptr<Engine> card = make_engine_under_test(seed);
  std::unique_ptr<Engine> reference = make_software_engine();
  std::vector<Pair> sas;
  uint32_t spi = 0x10000;
  std::map<DropReason, uint64_t> moved;  // inbound: what software said of packets that the card leaves to it
  std::vector<Bytes> sent;               // packets of before, to be sent again

  uint64_t pick(uint64_t n) { return random() % n; }
  bool one_in(uint64_t n) { return pick(n) == 0; }
  template <class T>
  T any_of(std::initializer_list<T> list) {
    return list.begin()[pick(list.size())];
  }

  Pair make_pair() {
    Pair p;
    const Mode mode = one_in(3) ? Mode::kTransport : Mode::kTunnel;
    ++spi;
    p.out = make_sa(Direction::kOut, mode, spi, static_cast<uint8_t>(random()));
    SaConfig& sa = p.out;
    if (one_in(2)) {
      sa.src = IpAddress::parse("2001:db8::1");
      sa.dst = IpAddress::parse(one_in(2) ? "2001:db8::2" : "c633:6401::");  // begins as the IPv4 address does
    }
    sa.icv_bits = any_of({64u, 96u, 128u});
    sa.key = Secret(counting(any_of({16u, 24u, 32u}), static_cast<uint8_t>(random())));
    sa.auth_only = one_in(4);
    if (sa.auth_only) sa.icv_bits = 128;
    sa.esn = one_in(3);
    sa.seq = one_in(2) ? pick(1000) : 0xffffffff - pick(300) - (sa.esn ? 0 : 400);
    if (one_in(6)) sa.lifetime.hard_packets = 1 + pick(200);
    if (one_in(6)) sa.lifetime.hard_bytes = 1 + pick(20000);
    if (one_in(4)) sa.lifetime.soft_packets = 1 + pick(100);
    if (one_in(4)) sa.lifetime.soft_bytes = 1 + pick(10000);
    sa.ttl = static_cast<uint8_t>(1 + pick(255));
    sa.ecn = !one_in(3);
    if (one_in(3)) sa.tos = static_cast<uint8_t>(random());
    sa.df = static_cast<OuterDf>(pick(3));
    sa.implicit_iv = !sa.auth_only && one_in(3);
    if (sa.auth_only && one_in(2)) sa.proto = 51;
    if (one_in(3) && sa.proto == 50)
      sa.encap = UdpEncap{static_cast<uint16_t>(1 + pick(65535)), static_cast<uint16_t>(1 + pick(65535))};
    if (mode == Mode::kTunnel && sa.proto == 50 && one_in(3)) sa.tfc_pad = static_cast<uint16_t>(pick(300));
    p.in = sa.clone();
    p.in.direction = Direction::kIn;
    p.in.tfc_pad = 0;
    p.in.replay_window = any_of({0u, 32u, 64u, 128u, static_cast<unsigned>(1 + pick(4096)), 4096u});
    if (sa.esn && p.in.replay_window == 0) p.in.replay_window = 1;
    p.in.lifetime = one_in(4) ? Lifetime{.hard_packets = 1 + pick(200)} : Lifetime{};
    p.in.decap_dscp = one_in(4);
    p.out_card = card->install(p.out);
    p.out_reference = reference->install(p.out);
    p.in_card = card->install(p.in);
    p.in_reference = reference->install(p.in);
    return p;
  }

  void replace(Pair& p) {
    card->remove(Direction::kOut, p.out_card);
    reference->remove(Direction::kOut, p.out_reference);
    card->remove(Direction::kIn, p.in_card);
    reference->remove(Direction::kIn, p.in_reference);
    p = make_pair();
  }

  size_t length() {
    if (one_in(400)) return pick(9300);
    if (one_in(8)) return pick(1600);
    return pick(200);
  }

  std::vector<Extension> chain() {
    std::vector<Extension> list;
    if (!one_in(3)) return list;
    while (list.size() < 4 && (list.empty() || one_in(2))) {
      Extension e = extension(any_of<uint8_t>({0, 43, 43, 60, 60, 44, 51}), 1 + pick(one_in(5) ? 4 : 2),
                              static_cast<uint8_t>(random()));
      if (one_in(20)) e.rest[0] = static_cast<uint8_t>(random());
      list.push_back(e);
    }
    return list;
  }

  // A packet as hosts send it: for this SA's peer in transport mode, for anyone inside in tunnel mode.
  Bytes clear(const SaConfig& sa) {
    const bool v6 = sa.mode == Mode::kTransport ? sa.dst.v6 : one_in(2);
    // AH of a packet with options or extension headers is software's, which would take a number for it.
    const bool bare = sa.proto == 51 && sa.mode == Mode::kTransport;
    const Bytes payload = counting(length(), static_cast<uint8_t>(random()));
    const auto protocol = static_cast<uint8_t>(one_in(4) && !(bare && v6) ? random() : 17);
    Bytes p;
    if (v6) {
      const bool own = sa.dst.v6;
      p = ipv6(own ? sa.src.str() : "fd00::1", own ? sa.dst.str() : "fd00::2", protocol, payload,
               bare ? std::vector<Extension>() : chain());
      p[0] = static_cast<uint8_t>(0x60 | pick(16));
    } else {
      const bool own = !sa.dst.v6;
      p = ipv4_with_options(own ? sa.src.str() : "10.1.0.1", own ? sa.dst.str() : "10.2.0.1", protocol,
                            counting(one_in(6) && !bare ? 4 * pick(11) : 0), payload);
      p[6] = any_of<uint8_t>({0, 0x40});
      if (one_in(20)) p[6] = static_cast<uint8_t>(random());
    }
    p[1] = static_cast<uint8_t>(random());
    if (!v6) fix_checksum(p);
    if (one_in(25) && !bare) damage(p);
    return p;
  }

  // Bits, bytes of the headers, the end.
  void damage(Bytes& p) {
    switch (pick(5)) {
      case 0:
        p.resize(pick(p.size() + 1));
        break;
      case 1:
        p.resize(pick(p.size() + 1));
        fix_length(p);
        break;
      case 2:
        p[pick(std::min<size_t>(p.size(), 72))] = static_cast<uint8_t>(random());
        break;
      case 3:
        p.insert(p.end(), pick(70), 0x5a);
        if (one_in(2)) fix_length(p);
        break;
      default:
        p[pick(p.size())] ^= static_cast<uint8_t>(1u << pick(8));
    }
  }

  // Extension headers between an IPv6 packet's header and ESP, as a sender may put them there.
  void insert_extensions(Bytes& p) {
    const std::vector<Extension> list = chain();
    if (list.empty()) return;
    Bytes headers;
    for (size_t i = 0; i < list.size(); ++i) {
      headers.push_back(i + 1 < list.size() ? list[i + 1].type : p[6]);
      headers.insert(headers.end(), list[i].rest.begin(), list[i].rest.end());
    }
    p[6] = list[0].type;
    p.insert(p.begin() + 40, headers.begin(), headers.end());
    fix_length(p);
  }

  // A packet that may be AH behind options or extension headers: the card leaves it to software, which looks at it.
  static bool left_to_software(const Bytes& p) {
    if (p.size() < 20) return false;
    return p[0] >> 4 == 6 ? p[6] == 0 || p[6] == 43 || p[6] == 60 : (p[0] & 15) > 5 && p[9] == 51;
  }

  void compare(const std::vector<PacketOut>& got, const std::vector<PacketOut>& want, const std::vector<Bytes>& packets,
               Direction way) {
    const char* direction = way == Direction::kOut ? "outbound" : "inbound";
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < got.size(); ++i) {
      if (way == Direction::kIn && got[i].status == abi::kDropIpOptions && want[i].status != abi::kOk &&
          left_to_software(packets[i])) {
        ++moved[want[i].status];
        continue;
      }
      ASSERT_EQ(got[i].status, want[i].status)
          << direction << " packet " << i << " of " << packets[i].size() << " bytes: card "
          << drop_counter_name(got[i].status) << ", reference " << drop_counter_name(want[i].status) << ", first byte "
          << int{packets[i].empty() ? uint8_t{0} : packets[i][0]};
      if (got[i].status == abi::kOk) ASSERT_EQ(got[i].seq, want[i].seq) << direction << " packet " << i;
      ASSERT_EQ(got[i].events, want[i].events) << direction << " packet " << i;
      ASSERT_TRUE(std::ranges::equal(got[i].data, want[i].data)) << direction << " packet " << i;
    }
  }

  void round(size_t count) {
    std::vector<Bytes> inside, outside;
    std::vector<PacketIn> to_card, to_reference;
    std::vector<PacketOut> got, want;
    for (size_t i = 0; i < count; ++i) {
      const Pair& p = sas[pick(sas.size())];
      inside.push_back(clear(p.out));
      const bool dummy = one_in(40);
      to_card.push_back({{}, p.out_card, dummy});
      to_reference.push_back({{}, p.out_reference, dummy});
    }
    for (size_t i = 0; i < count; ++i) to_card[i].data = to_reference[i].data = inside[i];
    card->process(Direction::kOut, to_card, got);
    reference->process(Direction::kOut, to_reference, want);
    ASSERT_NO_FATAL_FAILURE(compare(got, want, inside, Direction::kOut));

    for (const PacketOut& o : want) {
      if (o.status != abi::kOk) continue;
      outside.emplace_back(o.data.begin(), o.data.end());
      Bytes& p = outside.back();
      const bool v6 = p[0] >> 4 == 6;
      if (one_in(30)) sent.push_back(p);
      if (v6 && one_in(3)) insert_extensions(p);
      if (one_in(4)) {  // marked on the way
        p[1] ^= static_cast<uint8_t>(v6 ? 0x30 : 3);
        if (!v6) fix_checksum(p);
      }
      if (one_in(12)) damage(p);
      if (!sent.empty() && one_in(20)) outside.push_back(sent[pick(sent.size())]);
      if (sent.size() > 200) sent.clear();
    }
    std::shuffle(outside.begin(), outside.end(), random);
    std::vector<PacketIn> back;
    for (const Bytes& b : outside) back.push_back({b});
    card->process(Direction::kIn, back, got);
    reference->process(Direction::kIn, back, want);
    ASSERT_NO_FATAL_FAILURE(compare(got, want, outside, Direction::kIn));
  }
};

TEST_F(RandomTraffic, CardAndReferenceAgree) {
  const char* given = std::getenv("XESP_RANDOM_PACKETS");
  const size_t packets = given ? std::strtoull(given, nullptr, 10) : 20000;
  constexpr size_t kRound = 250;
  for (size_t i = 0; i < 40; ++i) sas.push_back(make_pair());
  for (size_t done = 0; done < packets; done += kRound) {
    ASSERT_NO_FATAL_FAILURE(round(kRound)) << "after " << done << " packets";
    replace(sas[pick(sas.size())]);
  }
  for (const Direction d : {Direction::kOut, Direction::kIn}) {
    const EngineCounters c = card->counters(d);
    EngineCounters r = reference->counters(d);
    if (d == Direction::kIn)
      for (const auto& [reason, count] : moved) {
        r.by_reason[reason] -= count;
        r.by_reason[abi::kDropIpOptions] += count;
      }
    EXPECT_EQ(c.by_reason, r.by_reason);
    EXPECT_EQ(c.bytes, r.bytes);
    EXPECT_GT(c.by_reason[abi::kOk], packets / 4) << "too few of the packets were good";
  }
  if (packets >= 20000) {  // each kind of damage came up
    using namespace abi;
    const auto out = card->counters(Direction::kOut).by_reason, in = card->counters(Direction::kIn).by_reason;
    for (const DropReason r : {kDropShort, kDropIpOptions, kDropFragment, kDropLength, kDropExpired})
      EXPECT_GT(out[r], 0u) << drop_counter_name(r);
    for (const DropReason r : {kDropShort, kDropIpOptions, kDropFragment, kDropLength, kDropNotEsp, kDropNoSa, kDropIcv,
                               kDropReplay, kDropReplayOld, kDropAlign, kDropEcn, kDropDummy, kDropExpired})
      EXPECT_GT(in[r], 0u) << drop_counter_name(r);
  }
  for (const Pair& p : sas) {
    const SaStats a = card->stats(Direction::kIn, p.in_card), b = reference->stats(Direction::kIn, p.in_reference);
    EXPECT_EQ(a.packets, b.packets);
    EXPECT_EQ(a.bytes, b.bytes);
    EXPECT_EQ(a.seq, b.seq);
  }
}

}  // namespace
}  // namespace xesp::test
