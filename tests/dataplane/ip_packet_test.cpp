// SPDX-License-Identifier: Apache-2.0
#include "dataplane/ip_packet.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace xesp::dataplane {
namespace {

using Header = std::array<uint8_t, 20>;

uint16_t sum(const Header& h) {
  uint32_t s = 0;
  for (size_t i = 0; i < h.size(); i += 2) s += static_cast<uint32_t>(h[i] << 8 | h[i + 1]);
  while (s >> 16) s = (s & 0xffff) + (s >> 16);
  return static_cast<uint16_t>(s);
}

Header header(uint8_t ttl, uint16_t id) {
  Header h{0x45, 0, 0, 20, static_cast<uint8_t>(id >> 8), static_cast<uint8_t>(id), 0, 0, ttl, 17, 0, 0, 10, 1, 0, 1,
           10,   2, 0, 1};
  const uint16_t check = static_cast<uint16_t>(~sum(h));
  h[10] = static_cast<uint8_t>(check >> 8);
  h[11] = static_cast<uint8_t>(check);
  return h;
}

// Every TTL and every checksum: the identification walks the checksum through all its values.
TEST(IpPacket, ChecksumStaysRightWhenTheTtlFalls) {
  for (const uint8_t ttl : {2, 3, 64, 128, 255}) {
    for (uint32_t id = 0; id <= 0xffff; ++id) {
      Header h = header(ttl, static_cast<uint16_t>(id));
      ASSERT_TRUE(decrement_ttl(h));
      ASSERT_EQ(h[8], ttl - 1);
      ASSERT_EQ(sum(h), 0xffff) << "ttl " << int{ttl} << " id " << id;
    }
  }
}

TEST(IpPacket, TtlOfOneOrZeroIsLeftAlone) {
  for (const uint8_t ttl : {0, 1}) {
    Header h = header(ttl, 7);
    const Header before = h;
    EXPECT_FALSE(decrement_ttl(h));
    EXPECT_EQ(h, before);
  }
}

TEST(IpPacket, ReadsNoHeaderThatIsNotThere) {
  const Header whole = header(64, 1);
  EXPECT_TRUE(read_ip(whole));
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(read_ip(std::span(whole).first(length))) << length;
  Header bad = whole;
  bad[0] = 0x65;
  EXPECT_FALSE(read_ip(bad)) << "version 6, too short for it";
  bad[0] = 0x44;
  EXPECT_FALSE(read_ip(bad)) << "header of 4 words";
  bad = whole;
  bad[3] = 21;
  EXPECT_FALSE(read_ip(bad)) << "longer than the packet";
  bad[3] = 19;
  EXPECT_FALSE(read_ip(bad)) << "shorter than the header";
}

TEST(IpPacket, SelectorsOfAnyPrefixLength) {
  const IpFields packet = *read_ip(header(64, 1));
  EXPECT_TRUE(selector_matches({Prefix::parse("0.0.0.0/0"), Prefix::parse("0.0.0.0/0"), 0}, packet));
  EXPECT_TRUE(selector_matches({Prefix::parse("10.1.0.1/32"), Prefix::parse("10.0.0.0/8"), 17}, packet));
  EXPECT_FALSE(selector_matches({Prefix::parse("10.1.0.1/32"), Prefix::parse("10.0.0.0/8"), 6}, packet));
  EXPECT_FALSE(selector_matches({Prefix::parse("10.1.0.0/32"), Prefix::parse("10.0.0.0/8"), 0}, packet));
  EXPECT_FALSE(selector_matches({Prefix::parse("10.1.0.1/32"), Prefix::parse("11.0.0.0/8"), 0}, packet));
}

/// An IPv6 header and what follows it; `next` is the header's.
std::vector<uint8_t> ipv6(uint8_t next, std::vector<uint8_t> rest, uint8_t hop_limit = 64) {
  std::vector<uint8_t> p{0x60, 0, 0, 0, 0, static_cast<uint8_t>(rest.size()), next, hop_limit};
  for (const char* address : {"2001:db8:1::5", "2001:db8:2::5"}) {
    const auto bytes = IpAddress::parse(address).bytes;
    p.insert(p.end(), bytes.begin(), bytes.end());
  }
  p.insert(p.end(), rest.begin(), rest.end());
  return p;
}

TEST(IpPacket, ReadsIpv6BehindItsExtensionHeaders) {
  const std::vector<uint8_t> whole =
      ipv6(0, {60, 0, 0, 0, 0, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 1, 9, 9, 9, 9});
  const auto fields = read_ip(whole);
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->total_length, whole.size());
  EXPECT_EQ(fields->dst().str(), "2001:db8:2::5");
  EXPECT_EQ(fields->flow.protocol, 17);
  EXPECT_EQ(fields->flow.shown, XESP_SHOWS_PROTOCOL);
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(read_ip(std::span(whole).first(length))) << length;
  EXPECT_FALSE(read_ip(ipv6(60, {17, 1, 0, 0, 0, 0, 0, 0}))) << "a header longer than the packet";
  std::vector<uint8_t> many;
  for (int i = 0; i < XESP_MAX_EXTENSIONS; ++i) many.insert(many.end(), {60, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_FALSE(read_ip(ipv6(60, many))) << "more headers than are walked";
  many[many.size() - 8] = 17;
  EXPECT_TRUE(read_ip(ipv6(60, many)));
}

TEST(IpPacket, ALaterIpv6FragmentMayBeOfAnyProtocol) {
  const auto later = read_ip(ipv6(44, {6, 0, 0, 8, 9, 9, 9, 9}));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->flow.shown, 0);
  EXPECT_TRUE(selector_matches({Prefix::parse("2001:db8:1::/48"), Prefix::parse("::/0"), 17}, *later));
  EXPECT_FALSE(selector_matches({Prefix::parse("2001:db8:2::/48"), Prefix::parse("::/0"), 17}, *later));
}

TEST(IpPacket, PortsOfWholePacketsAndFirstFragments) {
  Selector https{Prefix::parse("2001:db8:1::/48"), Prefix::parse("::/0"), 6};
  https.dst_port = 443;
  const auto matches = [&](const std::vector<uint8_t>& packet) { return selector_matches(https, *read_ip(packet)); };
  EXPECT_TRUE(matches(ipv6(6, {0x12, 0x34, 0x01, 0xbb})));
  EXPECT_FALSE(matches(ipv6(6, {0x01, 0xbb, 0x12, 0x34})));
  EXPECT_FALSE(matches(ipv6(17, {0x12, 0x34, 0x01, 0xbb})));
  EXPECT_TRUE(matches(ipv6(6, {0x12, 0x34, 0x01}))) << "cut short: may be that port";
  EXPECT_FALSE(matches(ipv6(44, {6, 0, 0, 1, 9, 9, 9, 9, 0x12, 0x34, 0x01, 0xbc}))) << "first fragment";
  EXPECT_TRUE(matches(ipv6(44, {6, 0, 0, 8, 9, 9, 9, 9, 0x12, 0x34, 0x01, 0xbc}))) << "later fragment";

  std::vector<uint8_t> ipv4{0x46, 0, 0,  28, 0, 0, 0, 0, 64, 6, 0,    0,    10,   1,
                            0,    1, 10, 2,  0, 1, 1, 1, 1,  1, 0x12, 0x34, 0x01, 0xbc};
  https.src = https.dst = Prefix::parse("10.0.0.0/8");
  EXPECT_FALSE(matches(ipv4));
  ipv4[27] = 0xbb;
  EXPECT_TRUE(matches(ipv4)) << "behind IP options";
  ipv4[27] = 0xbc;
  ipv4[7] = 1;
  EXPECT_TRUE(matches(ipv4)) << "later fragment";
  ipv4[9] = 17;
  EXPECT_FALSE(matches(ipv4)) << "later fragment of UDP: IPv4 says so in each";
}

TEST(IpPacket, HopLimitFallsAsTtlDoes) {
  std::vector<uint8_t> p = ipv6(59, {}, 2);
  EXPECT_TRUE(decrement_ttl(p));
  EXPECT_EQ(p, ipv6(59, {}, 1));
  EXPECT_FALSE(decrement_ttl(p));
  EXPECT_EQ(p, ipv6(59, {}, 1));
}

TEST(IpPacket, SelectorsOfAnyIpv6PrefixLength) {
  const auto packet = *read_ip(ipv6(17, {}));
  const Prefix any = Prefix::parse("::/0");
  for (int length = 0; length <= 128; ++length) {
    Prefix p{IpAddress::parse("2001:db8:1::5"), static_cast<uint8_t>(length)};
    for (int i = length; i < 128; ++i)
      p.address.bytes[static_cast<size_t>(i / 8)] &= static_cast<uint8_t>(~(0x80 >> i % 8));
    EXPECT_TRUE(selector_matches({p, any, 17}, packet)) << length;
    if (length == 0) continue;
    const int last = length - 1;
    p.address.bytes[static_cast<size_t>(last / 8)] ^= static_cast<uint8_t>(0x80 >> last % 8);
    EXPECT_FALSE(selector_matches({p, any, 17}, packet)) << length;
  }
  EXPECT_FALSE(selector_matches({Prefix::parse("0.0.0.0/0"), Prefix::parse("0.0.0.0/0"), 0}, packet)) << "family";
}

}  // namespace
}  // namespace xesp::dataplane
