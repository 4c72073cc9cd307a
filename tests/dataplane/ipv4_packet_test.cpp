// SPDX-License-Identifier: Apache-2.0
#include "dataplane/ipv4_packet.h"

#include <gtest/gtest.h>

#include <array>

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
TEST(Ipv4Packet, ChecksumStaysRightWhenTheTtlFalls) {
  for (const uint8_t ttl : {2, 3, 64, 128, 255}) {
    for (uint32_t id = 0; id <= 0xffff; ++id) {
      Header h = header(ttl, static_cast<uint16_t>(id));
      ASSERT_TRUE(decrement_ttl(h));
      ASSERT_EQ(h[8], ttl - 1);
      ASSERT_EQ(sum(h), 0xffff) << "ttl " << int{ttl} << " id " << id;
    }
  }
}

TEST(Ipv4Packet, TtlOfOneOrZeroIsLeftAlone) {
  for (const uint8_t ttl : {0, 1}) {
    Header h = header(ttl, 7);
    const Header before = h;
    EXPECT_FALSE(decrement_ttl(h));
    EXPECT_EQ(h, before);
  }
}

TEST(Ipv4Packet, ReadsNoHeaderThatIsNotThere) {
  const Header whole = header(64, 1);
  EXPECT_TRUE(read_ipv4(whole));
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(read_ipv4(std::span(whole).first(length))) << length;
  Header bad = whole;
  bad[0] = 0x65;
  EXPECT_FALSE(read_ipv4(bad)) << "version 6";
  bad[0] = 0x44;
  EXPECT_FALSE(read_ipv4(bad)) << "header of 4 words";
  bad = whole;
  bad[3] = 21;
  EXPECT_FALSE(read_ipv4(bad)) << "longer than the packet";
  bad[3] = 19;
  EXPECT_FALSE(read_ipv4(bad)) << "shorter than the header";
}

TEST(Ipv4Packet, SelectorsOfAnyPrefixLength) {
  const Ipv4Fields packet = *read_ipv4(header(64, 1));
  EXPECT_TRUE(selector_matches({Prefix::parse("0.0.0.0/0"), Prefix::parse("0.0.0.0/0"), 0}, packet));
  EXPECT_TRUE(selector_matches({Prefix::parse("10.1.0.1/32"), Prefix::parse("10.0.0.0/8"), 17}, packet));
  EXPECT_FALSE(selector_matches({Prefix::parse("10.1.0.1/32"), Prefix::parse("10.0.0.0/8"), 6}, packet));
  EXPECT_FALSE(selector_matches({Prefix::parse("10.1.0.0/32"), Prefix::parse("10.0.0.0/8"), 0}, packet));
  EXPECT_FALSE(selector_matches({Prefix::parse("10.1.0.1/32"), Prefix::parse("11.0.0.0/8"), 0}, packet));
}

}  // namespace
}  // namespace xesp::dataplane
