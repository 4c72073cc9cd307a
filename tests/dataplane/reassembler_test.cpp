// SPDX-License-Identifier: Apache-2.0
// Datagrams put together from their fragments: any cuts, any order, and what must not come together.
#include "dataplane/reassembler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <random>

#include "dataplane/checksum.h"
#include "dataplane/fragments.h"
#include "dataplane/ip_packet.h"

namespace xesp::dataplane {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<uint8_t>;
using Packets = std::vector<Bytes>;

constexpr uint8_t kUdp = 17, kTcp = 6;

void fix_checksum(Bytes& p) {
  store_be16(&p[10], 0);
  store_be16(&p[10], Checksum().add(std::span(p).first((p[0] & 15u) * 4)).value());
}

std::ptrdiff_t at(size_t i) {
  return static_cast<std::ptrdiff_t>(i);
}

Bytes ipv4(size_t payload, uint16_t id, uint8_t protocol = kUdp, size_t options = 0) {
  Bytes p(20 + options + payload);
  std::iota(p.begin(), p.end(), uint8_t{0});
  p[0] = static_cast<uint8_t>(0x45 + options / 4);
  p[1] = 0;
  store_be16(&p[2], p.size());
  store_be16(&p[4], id);
  store_be16(&p[6], 0);
  p[8] = 64;
  p[9] = protocol;
  std::fill_n(p.begin() + 20, options, uint8_t{1});  // no operation
  fix_checksum(p);
  return p;
}

/// `options`: bytes of a hop-by-hop header, which stays in front.
Bytes ipv6(size_t payload, uint8_t protocol = kUdp, size_t options = 0) {
  Bytes p(40 + options + payload);
  std::iota(p.begin(), p.end(), uint8_t{0});
  p[0] = 0x60;
  p[1] = 0;
  store_be16(&p[4], options + payload);
  p[6] = options ? 0 : protocol;
  if (options) {
    p[40] = protocol;
    p[41] = static_cast<uint8_t>(options / 8 - 1);
  }
  return p;
}

size_t front_of(const Bytes& packet) {
  return packet[0] >> 4 == 4 ? (packet[0] & 15u) * 4 : packet[6] == 0 ? 40 + (packet[41] + 1u) * 8 : 40;
}

/// Data from `from` up to `to` of a whole packet as its fragment; by other hands than fragments_of().
Bytes piece_of(const Bytes& packet, uint32_t id, size_t from, size_t to, bool more) {
  const size_t front = front_of(packet);
  const bool v6 = packet[0] >> 4 == 6;
  Bytes p(packet.begin(), packet.begin() + at(front));
  if (v6) {
    uint8_t& next = p[front == 40 ? 6 : 40];
    const Bytes header = {std::exchange(next, uint8_t{44}),
                          0,
                          static_cast<uint8_t>(from >> 8),
                          static_cast<uint8_t>(from | (more)),
                          0,
                          0,
                          0,
                          0};
    p.insert(p.end(), header.begin(), header.end());
    store_be32(&p[front + 4], id);
  }
  p.insert(p.end(), packet.begin() + at(front + from), packet.begin() + at(front + to));
  store_be16(&p[v6 ? 4 : 2], p.size() - (v6 ? 40 : 0));
  if (!v6) {
    store_be16(&p[6], (more ? 0x2000u : 0u) | from / 8);
    fix_checksum(p);
  }
  return p;
}

Packets cut(const Bytes& packet, uint32_t id, const std::vector<size_t>& where) {
  Packets out;
  const size_t all = packet.size() - front_of(packet);
  size_t from = 0;
  for (const size_t to : where) {
    out.push_back(piece_of(packet, id, from, to, true));
    from = to;
  }
  out.push_back(piece_of(packet, id, from, all, false));
  return out;
}

class ReassemblerTest : public testing::Test {
 protected:
  std::optional<Reassembler::Whole> add(const Bytes& packet, SaHandle sa = {}) {
    EXPECT_TRUE(read_ip(packet));
    const auto piece = read_fragment(packet);
    if (!piece) {
      ADD_FAILURE() << "no fragment";
      return std::nullopt;
    }
    return reassembler.add(*piece, packet, sa, now);
  }
  void expect_none(const Packets& packets) {
    for (const Bytes& p : packets) EXPECT_FALSE(add(p));
  }
  void expect_whole(const Packets& packets, const Bytes& packet) {
    for (size_t i = 0; i + 1 < packets.size(); ++i) EXPECT_FALSE(add(packets[i]));
    const auto whole = add(packets.back());
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->packet, packet);
  }

  std::map<PathCounter, size_t> dropped;
  Reassembler::Bounds bounds;
  Reassembler::Clock::time_point now{};
  Reassembler reassembler{bounds, [this](PathCounter reason, std::span<const uint8_t> packet, size_t count) {
                            EXPECT_FALSE(packet.empty());
                            dropped[reason] += count;
                          }};
};

TEST_F(ReassemblerTest, WholePacketsAreNoFragments) {
  EXPECT_FALSE(read_fragment(ipv4(100, 1)));
  EXPECT_FALSE(read_fragment(ipv6(100)));
  EXPECT_FALSE(read_fragment(ipv6(100, kUdp, 16)));
}

TEST_F(ReassemblerTest, APieceKnowsItsPlace) {
  const Bytes packet = ipv6(100, kUdp, 16);
  const auto piece = read_fragment(piece_of(packet, 0xdeadbeef, 16, 48, true));
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->id, 0xdeadbeefu);
  EXPECT_EQ(piece->offset, 16u);
  EXPECT_EQ(piece->end(), 48u);
  EXPECT_EQ(piece->front, 56u);
  EXPECT_EQ(piece->data_at, 64u);
  EXPECT_EQ(piece->next_field, 40u);
  EXPECT_TRUE(piece->more);
  EXPECT_TRUE(piece->sound);
}

TEST_F(ReassemblerTest, RandomCutsOrdersAndCopies) {
  const char* given = std::getenv("XESP_SEED");
  const uint64_t seed = given ? std::strtoull(given, nullptr, 0) : std::random_device{}();
  SCOPED_TRACE("XESP_SEED=" + std::to_string(seed));
  std::cout << "XESP_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  const auto upto = [&](size_t n) { return random() % (n + 1); };
  for (int round = 0; round < 300; ++round) {
    // Some datagrams at once, their fragments and copies of them in any order.
    std::map<uint32_t, Bytes> sent;
    Packets wire;
    for (uint32_t id = 1; id <= 4; ++id) {
      const size_t payload = 48 + upto(9000);
      const size_t options = upto(2) * 8;
      const Bytes packet =
          upto(1) ? ipv4(payload, static_cast<uint16_t>(id), kUdp, options) : ipv6(payload, kUdp, options);
      std::vector<size_t> where;
      for (size_t i = 1 + upto(20); i != 0; --i) where.push_back(8 + upto((payload - 9) / 8 - 1) * 8);
      std::sort(where.begin(), where.end());
      where.erase(std::unique(where.begin(), where.end()), where.end());
      sent[id] = packet;
      const Packets pieces = cut(packet, id, where);
      wire.insert(wire.end(), pieces.begin(), pieces.end());
    }
    const size_t once = wire.size();
    std::shuffle(wire.begin(), wire.end(), random);
    // A copy right behind its like, so that it comes while the datagram waits, unless it was the last one.
    for (size_t i = upto(3); i != 0; --i) {
      const size_t which = upto(wire.size() - 1);
      wire.insert(wire.begin() + at(which), Bytes(wire[which]));
    }
    size_t done = 0;
    for (const Bytes& packet : wire)
      if (const auto whole = add(packet)) {
        ++done;
        EXPECT_EQ(whole->packet, sent[whole->id]);
      }
    EXPECT_EQ(done, sent.size()) << "round " << round << ", " << once << " fragments";
    now += 31s;
    reassembler.expire(now);
    EXPECT_EQ(reassembler.bytes(), 0u);
    EXPECT_EQ(reassembler.datagrams(), 0u);
  }
  EXPECT_GT(dropped[kDropFragmentCopy], 0u);
  EXPECT_EQ(dropped[kDropFragmentOverlap], 0u);
  EXPECT_EQ(dropped[kDropFragmentBad], 0u);
}

TEST_F(ReassemblerTest, WhatFragmentsOfMakesComesTogether) {
  const Bytes v4 = ipv4(3000, 7, kUdp, 8), v6 = ipv6(3000, kUdp, 8);
  const Packets cut6 = fragments_of_v6(v6, 1280, 9);
  EXPECT_EQ(cut6.size(), 3u);
  for (const Bytes& p : cut6) EXPECT_LE(p.size(), 1280u);
  expect_whole(cut6, v6);
  expect_whole(fragments_of(v4, 576), v4);
  EXPECT_TRUE(fragments_of_v6(v6, 48 + 8 + 7, 9).empty());
}

TEST_F(ReassemblerTest, TheFirstFragmentsSaAndTtlCount) {
  Packets pieces = cut(ipv4(100, 5), 5, {40});
  pieces[1][8] = 9;
  fix_checksum(pieces[1]);
  EXPECT_FALSE(add(pieces[1], {.index = 1, .generation = 1}));
  const auto whole = add(pieces[0], {.index = 2, .generation = 3});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->sa, (SaHandle{.index = 2, .generation = 3}));
  EXPECT_EQ(whole->packet[8], 64);
}

TEST_F(ReassemblerTest, DontFragmentStays) {
  Packets pieces = cut(ipv4(100, 5), 5, {40});
  for (Bytes& p : pieces) p[6] |= 0x40, fix_checksum(p);
  EXPECT_FALSE(add(pieces[0]));
  const auto whole = add(pieces[1]);
  ASSERT_TRUE(whole);
  EXPECT_FALSE(may_be_fragmented(whole->packet));
}

TEST_F(ReassemblerTest, ADatagramsNameIsAllOfIt) {
  const Packets a = cut(ipv4(100, 5), 5, {40}), other_protocol = cut(ipv4(100, 5, kTcp), 5, {40});
  Bytes other_source = a[1], other_id = piece_of(ipv4(100, 6), 6, 40, 100, false);
  other_source[15] ^= 1;
  fix_checksum(other_source);
  expect_none({a[0], other_protocol[1], other_source, other_id});
  EXPECT_EQ(reassembler.datagrams(), 4u);
  EXPECT_TRUE(add(a[1]));
}

TEST_F(ReassemblerTest, OverlapDropsAllOfTheDatagram) {
  for (const bool v6 : {false, true}) {
    dropped.clear();
    const Bytes packet = v6 ? ipv6(200) : ipv4(200, 5);
    const Packets pieces = cut(packet, 5, {48, 96});
    Bytes changed = pieces[0];
    changed.back() ^= 1;
    expect_none({pieces[0], pieces[1], piece_of(packet, 5, 40, 56, true), pieces[2]});
    EXPECT_EQ(dropped[kDropFragmentOverlap], 4u) << "what was there, the overlap, and what came behind";
    now += 31s;
    expect_none({pieces[0], changed, pieces[1], pieces[2]});
    EXPECT_EQ(dropped[kDropFragmentOverlap], 8u) << "the same place with other bytes";
    now += 31s;
    expect_none({pieces[0], pieces[2], piece_of(packet, 5, 96, 104, false), pieces[1]});
    EXPECT_EQ(dropped[kDropFragmentOverlap], 12u) << "two ends";
    now += 31s;
    expect_none({pieces[0], piece_of(packet, 5, 104, 200, true), piece_of(packet, 5, 48, 96, false), pieces[1]});
    EXPECT_EQ(dropped[kDropFragmentOverlap], 16u) << "an end before what is there";
    now += 31s;
    expect_none({piece_of(packet, 5, 48, 96, false), piece_of(packet, 5, 96, 200, true), pieces[0]});
    EXPECT_EQ(dropped[kDropFragmentOverlap], 19u) << "behind the end";
    now += 31s;
    expect_whole(pieces, packet);
  }
}

TEST_F(ReassemblerTest, WhatNoHostMakesDrops) {
  const Bytes packet = ipv4(200, 5), v6 = ipv6(200);
  Bytes wrong_sum = piece_of(packet, 5, 48, 96, true);
  wrong_sum[8] ^= 1;
  expect_none({wrong_sum, piece_of(packet, 5, 48, 95, true), piece_of(v6, 5, 48, 95, true),
               piece_of(packet, 5, 48, 48, false), piece_of(v6, 5, 48, 48, false)});
  EXPECT_EQ(dropped[kDropFragmentBad], 5u);
  expect_none({piece_of(ipv4(200, 5, kTcp), 5, 0, 16, true), piece_of(ipv6(200, kTcp), 5, 0, 16, true)});
  EXPECT_EQ(dropped[kDropFragmentBad], 7u) << "no whole TCP header in the first";
  Bytes nested = piece_of(v6, 5, 0, 48, true);
  nested[40] = 44;
  nested[48] = kUdp;
  const auto piece = read_fragment(nested);
  ASSERT_TRUE(piece);
  EXPECT_FALSE(piece->sound) << "a fragment of a fragment";
  Bytes far = piece_of(packet, 5, 48, 96, true);
  store_be16(&far[6], 0x1fff);
  fix_checksum(far);
  expect_none({far});
  EXPECT_EQ(dropped[kDropFragmentBad], 8u) << "beyond 65535";
  EXPECT_EQ(reassembler.datagrams(), 0u);
}

TEST_F(ReassemblerTest, NothingLongerThanTheEngineTakes) {
  const Bytes fits = ipv4(9196, 5), too_long = ipv4(9197, 6), v6 = ipv6(9177);
  expect_whole(cut(fits, 5, {4000, 8000}), fits);
  expect_none(cut(too_long, 6, {4000, 8000}));
  EXPECT_EQ(dropped[kDropFragmentLong], 3u);
  expect_none(cut(v6, 7, {4000, 8000}));
  expect_none({cut(v6, 8, {})});
  EXPECT_EQ(dropped[kDropFragmentLong], 7u);
  // A header that is longer in the first fragment counts.
  Packets pieces = cut(ipv4(9192, 9, kUdp, 8), 9, {4000});
  pieces[1].erase(pieces[1].begin() + 20, pieces[1].begin() + 28);
  pieces[1][0] = 0x45;
  store_be16(&pieces[1][2], pieces[1].size());
  fix_checksum(pieces[1]);
  expect_none(pieces);
  EXPECT_EQ(dropped[kDropFragmentLong], 9u);
}

TEST_F(ReassemblerTest, AnIpv6PacketAloneInItsFragmentHeaderIsWhole) {
  const Bytes packet = ipv6(100);
  expect_none({piece_of(packet, 5, 0, 48, true)});
  expect_whole({piece_of(packet, 5, 0, 100, false)}, packet);
  expect_whole({piece_of(packet, 5, 48, 100, false)}, packet);
}

TEST_F(ReassemblerTest, CongestionIsToldForAll) {
  const auto with_ecn = [](Packets pieces, uint8_t first, uint8_t second) {
    pieces[0][1] = first, pieces[1][1] = second;
    for (Bytes& p : pieces) fix_checksum(p);
    return pieces;
  };
  const Packets pieces = cut(ipv4(100, 5), 5, {40});
  const Packets met = with_ecn(pieces, 2, 3);
  EXPECT_FALSE(add(met[0]));
  const auto whole = add(met[1]);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->packet[1], 3);
  EXPECT_EQ(Checksum().add(std::span(whole->packet).first(20)).value(), 0);
  expect_none(with_ecn(pieces, 0, 3));
  EXPECT_EQ(dropped[kDropFragmentBad], 2u);
}

TEST_F(ReassemblerTest, WaitsNotForEver) {
  const Packets pieces = cut(ipv4(200, 5), 5, {48, 96});
  expect_none({pieces[0], pieces[1]});
  now += 29s;
  reassembler.expire(now);
  EXPECT_EQ(dropped[kDropFragmentTimeout], 0u);
  now += 1s;
  reassembler.expire(now);
  EXPECT_EQ(dropped[kDropFragmentTimeout], 2u);
  EXPECT_EQ(reassembler.bytes(), 0u);
  expect_none({pieces[2]});
}

TEST_F(ReassemblerTest, TheOldestMakesRoom) {
  bounds.datagrams = 4;
  Reassembler few(bounds,
                  [&](PathCounter reason, std::span<const uint8_t>, size_t count) { dropped[reason] += count; });
  const auto give = [&](const Bytes& p) { return few.add(*read_fragment(p), p, {}, now).has_value(); };
  for (uint16_t id = 1; id <= 5; ++id) EXPECT_FALSE(give(cut(ipv4(100, id), id, {40})[0]));
  EXPECT_EQ(few.datagrams(), 4u);
  EXPECT_EQ(dropped[kDropFragmentFull], 1u);
  EXPECT_FALSE(give(cut(ipv4(100, 1), 1, {40})[1])) << "it had to go";
  EXPECT_TRUE(give(cut(ipv4(100, 5), 5, {40})[1]));
}

TEST_F(ReassemblerTest, MemoryIsBounded) {
  for (uint16_t id = 0; id < 1000; ++id) {
    const Packets pieces = cut(ipv4(9000, id), id, {4096, 8192});
    expect_none({pieces[0], pieces[1]});
    EXPECT_LE(reassembler.bytes(), bounds.bytes);
  }
  EXPECT_GT(dropped[kDropFragmentFull], 500u);
  const Bytes packet = ipv4(2000, 5000);
  std::vector<size_t> where;
  for (size_t i = 8; i < 2000; i += 8) where.push_back(i);
  now += 31s;
  reassembler.expire(now);
  dropped.clear();
  expect_none(cut(packet, 5000, where));
  EXPECT_EQ(dropped[kDropFragmentFull], where.size() + 1) << "too many pieces";
  bounds.bytes = 1000;
  Reassembler tiny(bounds,
                   [&](PathCounter reason, std::span<const uint8_t>, size_t count) { dropped[reason] += count; });
  const Bytes big = cut(ipv4(3000, 1), 1, {2000})[0];
  dropped.clear();
  EXPECT_FALSE(tiny.add(*read_fragment(big), big, {}, now));
  EXPECT_EQ(tiny.bytes(), 0u);
  EXPECT_EQ(dropped[kDropFragmentFull], 1u);
}

}  // namespace
}  // namespace xesp::dataplane
