// SPDX-License-Identifier: Apache-2.0
#include "dataplane/spd_table.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <algorithm>
#include <random>
#include <string>

#include "xesp/error.h"

namespace xesp::dataplane {
namespace {

Policy policy(const std::string& src, const std::string& dst, uint8_t protocol = 0) {
  Policy p;
  p.selector = {Prefix::parse(src), Prefix::parse(dst), protocol};
  return p;
}

IpFields packet(const IpAddress& src, const IpAddress& dst, uint8_t protocol) {
  IpFields p;
  put_address(p.flow.src, src);
  put_address(p.flow.dst, dst);
  p.flow.family = static_cast<uint8_t>(family_of(dst));
  p.flow.protocol = protocol;
  p.flow.shown = XESP_SHOWS_PROTOCOL;
  return p;
}

IpFields packet(const std::string& src, const std::string& dst, uint8_t protocol) {
  return packet(IpAddress::parse(src), IpAddress::parse(dst), protocol);
}

TEST(SpdTable, TheMostSpecificPolicyWins) {
  SpdTable spd;
  const Policy wide = policy("0.0.0.0/0", "10.0.0.0/8");
  const Policy narrow_dst = policy("10.1.0.0/16", "10.2.0.0/16");
  const Policy narrow_src = policy("10.1.1.0/24", "10.2.0.0/16");
  const Policy udp = policy("10.1.1.0/24", "10.2.0.0/16", 17);
  uint32_t id = 1;
  for (const Policy& p : {wide, udp, narrow_dst, narrow_src}) spd.put(p, id++);
  EXPECT_EQ(*spd.match(packet("10.1.1.1", "10.2.0.1", 17)), udp);
  EXPECT_EQ(*spd.match(packet("10.1.1.1", "10.2.0.1", 6)), narrow_src);
  EXPECT_EQ(*spd.match(packet("10.1.2.1", "10.2.0.1", 6)), narrow_dst);
  EXPECT_EQ(*spd.match(packet("10.9.2.1", "10.2.0.1", 6)), wide) << "a longer destination of another source hides it";
  EXPECT_EQ(spd.match(packet("10.9.2.1", "11.2.0.1", 6)), nullptr);
}

TEST(SpdTable, AMoreSpecificPortWins) {
  SpdTable spd;
  Policy any = policy("10.1.0.0/16", "10.2.0.0/16", 6), from = any, to = any, both = any;
  from.selector.src_port = both.selector.src_port = 1000;
  to.selector.dst_port = both.selector.dst_port = 2000;
  uint32_t id = 1;
  for (const Policy& p : {any, from, to, both}) spd.put(p, id++);
  const auto match = [&](uint16_t sport, uint16_t dport, uint8_t shown = XESP_SHOWS_PROTOCOL | XESP_SHOWS_PORTS) {
    IpFields p = packet("10.1.1.1", "10.2.0.1", 6);
    p.flow.sport = htons(sport);
    p.flow.dport = htons(dport);
    p.flow.shown = shown;
    return *spd.match(p);
  };
  EXPECT_EQ(match(1000, 2000), both);
  EXPECT_EQ(match(1001, 2000), to);
  EXPECT_EQ(match(1000, 2001), from);
  EXPECT_EQ(match(1001, 2001), any);
  EXPECT_EQ(match(0, 0, XESP_SHOWS_PROTOCOL), both) << "may be of these ports";
  Traffic asked{.src = IpAddress::parse("10.1.1.1"), .dst = IpAddress::parse("10.2.0.1"), .protocol = 6};
  EXPECT_EQ(*spd.match(fields_of(asked)), both) << "ports not said";
  asked.src_port = asked.dst_port = 2000;
  EXPECT_EQ(*spd.match(fields_of(asked)), to);
}

TEST(SpdTable, PutReplacesAndEraseRemoves) {
  SpdTable spd;
  Policy p = policy("10.1.0.0/16", "10.2.0.0/16");
  spd.put(p, 1);
  p.action = PolicyAction::kDiscard;
  spd.put(p, 2);
  ASSERT_EQ(spd.entries().size(), 1u);
  EXPECT_EQ(spd.find(p.selector)->id(), 2u);
  spd.erase(p.selector);
  EXPECT_TRUE(spd.entries().empty());
}

TEST(SpdTable, AChangeTouchesTheBucketsUnderIt) {
  SpdTable spd;
  spd.put(policy("0.0.0.0/0", "10.0.0.0/8"), 1);
  spd.put(policy("0.0.0.0/0", "10.2.0.0/16"), 2);
  spd.put(policy("0.0.0.0/0", "11.0.0.0/8"), 3);
  const auto buckets = spd.buckets_under(Prefix::parse("10.0.0.0/8"));
  ASSERT_EQ(buckets.size(), 2u);
  EXPECT_EQ(buckets[0].second.count + buckets[1].second.count, 3u) << "the /16 holds the /8's policy too";
}

TEST(SpdTable, RefusesMorePoliciesThanABucketHolds) {
  SpdTable spd;
  for (uint32_t i = 0; i < XESP_BUCKET_ENTRIES; ++i)
    spd.put(policy("10.1." + std::to_string(i) + ".0/24", "10.2.0.0/16"), i + 1);
  EXPECT_NO_THROW(spd.buckets_under(Prefix::parse("10.2.0.0/16")));
  spd.put(policy("0.0.0.0/0", "10.0.0.0/8"), 99);
  EXPECT_THROW(spd.buckets_under(Prefix::parse("10.2.0.0/16")), Error);
}

/// What the steering program does with the buckets: the longest prefix, then the first entry that fits.
const xesp_spd_entry* look_up(const std::vector<SpdTable::Bucket>& buckets, const IpFields& p) {
  const SpdTable::Bucket* best = nullptr;
  for (const auto& b : buckets) {
    const Prefix prefix{address_of(b.first.family, b.first.dst),
                        static_cast<uint8_t>(b.first.prefix_length - XESP_FAMILY_BITS)};
    if (prefix.contains(p.dst()) && (!best || b.first.prefix_length > best->first.prefix_length)) best = &b;
  }
  if (!best) return nullptr;
  for (uint32_t i = 0; i < best->second.count; ++i)
    if (xesp_entry_fits(&best->second.entry[i], &p.flow)) return &best->second.entry[i];
  return nullptr;
}

TEST(SpdTable, BucketsSayTheSameAsTheList) {
  std::mt19937 random(7);
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const auto prefix = [&](bool v6) {
    static constexpr unsigned kLengths[2][6] = {{0, 8, 16, 24, 30, 32}, {0, 32, 48, 64, 126, 128}};
    const std::string text = v6 ? "2001:db8:" + std::to_string(pick(2)) + "::" + std::to_string(pick(8))
                                : "10." + std::to_string(pick(2)) + ".0." + std::to_string(pick(8));
    Prefix p{IpAddress::parse(text), static_cast<uint8_t>(kLengths[v6][pick(6)])};
    for (unsigned i = p.length; i < 128; ++i) p.address.bytes[i / 8] &= static_cast<uint8_t>(~(0x80 >> i % 8));
    return p;
  };
  for (int round = 0; round < 200; ++round) {
    SpdTable spd;
    for (uint32_t id = 1; id <= XESP_BUCKET_ENTRIES; ++id) {
      const bool v6 = pick(2);
      Policy p;
      p.action = static_cast<PolicyAction>(pick(3));
      p.selector = {prefix(v6), prefix(v6), static_cast<uint8_t>(pick(2) ? 17 : 0)};
      if (p.selector.protocol != 0 && pick(2)) p.selector.dst_port = static_cast<uint16_t>(1 + pick(2));
      if (p.selector.protocol != 0 && pick(3) == 0) p.selector.src_port = static_cast<uint16_t>(1 + pick(2));
      spd.put(p, id);
    }
    const auto buckets = spd.buckets();
    for (int i = 0; i < 50; ++i) {
      const bool v6 = pick(2);
      IpFields p = packet(prefix(v6).address, prefix(v6).address, static_cast<uint8_t>(pick(2) ? 17 : 6));
      p.flow.sport = htons(static_cast<uint16_t>(1 + pick(2)));
      p.flow.dport = htons(static_cast<uint16_t>(1 + pick(2)));
      p.flow.shown = static_cast<uint8_t>(pick(4));
      const Policy* expected = spd.match(p);
      const xesp_spd_entry* found = look_up(buckets, p);
      ASSERT_EQ(expected == nullptr, found == nullptr);
      if (expected) ASSERT_EQ(policy_of(Direction::kOut, *found).selector, expected->selector);
    }
  }
}

}  // namespace
}  // namespace xesp::dataplane
