// SPDX-License-Identifier: Apache-2.0
#include "dataplane/spd_table.h"

#include <gtest/gtest.h>

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

Ipv4Fields packet(const std::string& src, const std::string& dst, uint8_t protocol) {
  return {
      .src_be = address_be(IpAddress::parse(src)), .dst_be = address_be(IpAddress::parse(dst)), .protocol = protocol};
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

TEST(SpdTable, PutReplacesAndEraseRemoves) {
  SpdTable spd;
  Policy p = policy("10.1.0.0/16", "10.2.0.0/16");
  spd.put(p, 1);
  p.action = PolicyAction::kDiscard;
  spd.put(p, 2);
  ASSERT_EQ(spd.entries().size(), 1u);
  EXPECT_EQ(spd.find(p.selector)->id, 2u);
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
const xesp_spd_entry* look_up(const std::vector<SpdTable::Bucket>& buckets, const Ipv4Fields& p) {
  const SpdTable::Bucket* best = nullptr;
  for (const auto& b : buckets)
    if (((p.dst_be ^ b.first.dst) & prefix_mask_be(b.first.prefix_length)) == 0)
      if (!best || b.first.prefix_length > best->first.prefix_length) best = &b;
  if (!best) return nullptr;
  for (uint32_t i = 0; i < best->second.count; ++i) {
    const xesp_spd_entry& e = best->second.entry[i];
    if ((p.src_be & e.src_mask) == e.src && (e.protocol == 0 || e.protocol == p.protocol)) return &e;
  }
  return nullptr;
}

TEST(SpdTable, BucketsSayTheSameAsTheList) {
  std::mt19937 random(7);
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const auto prefix = [&] {
    static constexpr unsigned kLengths[] = {0, 8, 16, 24, 30, 32};
    const unsigned length = kLengths[pick(6)];
    Prefix p{IpAddress::parse("10." + std::to_string(pick(2)) + ".0." + std::to_string(pick(8))),
             static_cast<uint8_t>(length)};
    const uint32_t masked = address_be(p.address) & prefix_mask_be(length);
    std::copy_n(reinterpret_cast<const uint8_t*>(&masked), 4, p.address.bytes.begin());
    return p;
  };
  for (int round = 0; round < 200; ++round) {
    SpdTable spd;
    for (uint32_t id = 1; id <= XESP_BUCKET_ENTRIES; ++id) {
      Policy p;
      p.selector = {prefix(), prefix(), static_cast<uint8_t>(pick(2) ? 17 : 0)};
      spd.put(p, id);
    }
    const auto buckets = spd.buckets_under(Prefix{});
    for (int i = 0; i < 50; ++i) {
      const Ipv4Fields p{.src_be = address_be(prefix().address),
                         .dst_be = address_be(prefix().address),
                         .protocol = static_cast<uint8_t>(pick(2) ? 17 : 6)};
      const Policy* expected = spd.match(p);
      const xesp_spd_entry* found = look_up(buckets, p);
      ASSERT_EQ(expected == nullptr, found == nullptr);
      if (expected) ASSERT_EQ(policy_of(Direction::kOut, *found).selector, expected->selector);
    }
  }
}

}  // namespace
}  // namespace xesp::dataplane
