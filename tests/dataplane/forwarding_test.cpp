// SPDX-License-Identifier: Apache-2.0
// What becomes of packets that are too long: ICMP errors, fragments, the MSS of TCP.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "dataplane/answers.h"
#include "dataplane/checksum.h"
#include "dataplane/fragments.h"
#include "dataplane/icmp_error.h"
#include "dataplane/ip_packet.h"
#include "dataplane/mss_clamp.h"
#include "dataplane/outbound_sas.h"

namespace xesp::dataplane {
namespace {

using Bytes = std::vector<uint8_t>;

void fix_checksum(Bytes& p) {
  store_be16(&p[10], 0);
  store_be16(&p[10], Checksum().add(std::span(p).first((p[0] & 15u) * 4)).value());
}

/// 10.1.0.5 -> 10.2.0.5 with a payload that counts up; `options` a multiple of 4.
Bytes ipv4(size_t payload, uint8_t protocol = 17, uint16_t fragment = 0, const Bytes& options = {}) {
  Bytes p(20 + options.size() + payload);
  p[0] = static_cast<uint8_t>(0x45 + options.size() / 4);
  store_be16(&p[2], p.size());
  store_be16(&p[4], 0xbeef);
  store_be16(&p[6], fragment);
  p[8] = 64;
  p[9] = protocol;
  p[12] = 10, p[13] = 1, p[15] = 5;
  p[16] = 10, p[17] = 2, p[19] = 5;
  std::copy(options.begin(), options.end(), p.begin() + 20);
  std::iota(p.begin() + static_cast<std::ptrdiff_t>(20 + options.size()), p.end(), uint8_t{0});
  fix_checksum(p);
  return p;
}

Bytes ipv6(size_t payload, uint8_t protocol = 17) {
  Bytes p(40 + payload);
  p[0] = 0x60;
  store_be16(&p[4], payload);
  p[6] = protocol;
  p[7] = 64;
  p[8] = 0x20, p[9] = 0x01, p[23] = 5;
  p[24] = 0x20, p[25] = 0x01, p[39] = 6;
  std::iota(p.begin() + 40, p.end(), uint8_t{0});
  return p;
}

const IpAddress kGateway = IpAddress::parse("10.1.0.1");
const IpAddress kGateway6 = IpAddress::parse("2001:db8::1");

TEST(IcmpError, FragmentationNeededByteForByte) {
  const Bytes packet = ipv4(4, 17, 0x4000);
  const Bytes made = icmp_error(IcmpCause::kTooBig, packet, kGateway, 1438);
  Bytes expected = {0x45, 0xc0, 0, 52, 0, 0, 0x40, 0,   64, 1, 0, 0, 10, 1, 0, 1, 10, 1, 0, 5,  //
                    3,    4,    0, 0,  0, 0, 0x05, 0x9e};
  uint32_t sum = 0x45c0 + 0x0034 + 0x4000 + 0x4001 + 0x0a01 + 0x0001 + 0x0a01 + 0x0005;
  store_be16(&expected[10], 0xffff & ~((sum & 0xffff) + (sum >> 16)));
  expected.insert(expected.end(), packet.begin(), packet.end());
  // ICMP: 0304 + 059e, then a quoted header that sums to ffff with its checksum, then 0001 + 0203.
  sum = 0x0304 + 0x059e + 0xffff + 0x0001 + 0x0203;
  store_be16(&expected[22], 0xffff & ~((sum & 0xffff) + (sum >> 16)));
  EXPECT_EQ(made, expected);
}

TEST(IcmpError, QuotesAsMuchAsMayBe) {
  const Bytes made = icmp_error(IcmpCause::kTimeExceeded, ipv4(1400), kGateway, 0);
  ASSERT_EQ(made.size(), 576u);
  EXPECT_EQ(made[20], 11);
  EXPECT_EQ(made[21], 0);
  EXPECT_EQ(Checksum().add(std::span(made).first(20)).value(), 0);
  EXPECT_EQ(Checksum().add(std::span(made).subspan(20)).value(), 0);
  const Bytes v6 = icmp_error(IcmpCause::kTooBig, ipv6(1400), kGateway6, 1402);
  ASSERT_EQ(v6.size(), 1280u);
  EXPECT_EQ(v6[40], 2);
  EXPECT_EQ(load_be32(&v6[44]), 1402u);
  EXPECT_EQ(Checksum().add(std::span(v6).subspan(8)).add(1240).add(58).value(), 0) << "with the pseudo-header";
  EXPECT_EQ(icmp_error(IcmpCause::kTimeExceeded, ipv6(1400), kGateway6, 0)[40], 3);
}

TEST(IcmpError, NoneAboutWhatMustNotBeToldAbout) {
  const auto told = [](const Bytes& p) {
    return !icmp_error(IcmpCause::kTooBig, p, p[0] >> 4 == 6 ? kGateway6 : kGateway, 1400).empty();
  };
  const auto changed = [](Bytes p, size_t at, uint8_t value) {
    p[at] = value;
    if (p[0] >> 4 == 4) fix_checksum(p);
    return p;
  };
  EXPECT_TRUE(told(ipv4(100)));
  EXPECT_TRUE(told(ipv4(100, 17, 0x2000))) << "a first fragment";
  EXPECT_FALSE(told(ipv4(100, 17, 0x2001))) << "a later one";
  EXPECT_TRUE(told(changed(ipv4(100, 1), 20, 8))) << "echo";
  EXPECT_FALSE(told(changed(ipv4(100, 1), 20, 3))) << "an ICMP error";
  EXPECT_FALSE(told(changed(ipv4(100, 1), 20, 11)));
  EXPECT_FALSE(told(changed(ipv4(100, 1), 20, 200))) << "an ICMP type that nobody knows";
  EXPECT_FALSE(told(ipv4(0, 1))) << "ICMP cut short";
  EXPECT_FALSE(told(changed(ipv4(100), 16, 224))) << "to a group";
  EXPECT_FALSE(told(changed(ipv4(100), 16, 255)));
  EXPECT_FALSE(told(changed(ipv4(100), 12, 224))) << "from one";
  EXPECT_FALSE(told(changed(ipv4(100), 12, 127)));
  EXPECT_FALSE(told(changed(ipv4(100), 12, 0)));
  Bytes wrong = ipv4(100);
  wrong[10] ^= 1;
  EXPECT_FALSE(told(wrong)) << "a wrong checksum";

  EXPECT_TRUE(told(ipv6(100)));
  EXPECT_TRUE(told(changed(ipv6(100, 58), 40, 128))) << "echo";
  EXPECT_FALSE(told(changed(ipv6(100, 58), 40, 2)));
  EXPECT_FALSE(told(changed(ipv6(100, 58), 40, 137))) << "redirect";
  EXPECT_FALSE(told(changed(ipv6(100), 24, 0xff)));
  EXPECT_FALSE(told(changed(ipv6(100), 8, 0xff)));
  Bytes unspecified = ipv6(100);
  std::fill_n(unspecified.begin() + 8, 16, uint8_t{0});
  EXPECT_FALSE(told(unspecified));
  Bytes fragment = ipv6(100, 44);
  fragment[40] = 17;
  store_be16(&fragment[42], 0x0001);
  EXPECT_TRUE(told(fragment));
  store_be16(&fragment[42], 0x0009);
  EXPECT_FALSE(told(fragment));
  Bytes hidden = ipv6(100, 60);
  hidden[40] = 58, hidden[41] = 0;
  hidden[48] = 1;
  EXPECT_FALSE(told(hidden)) << "an error behind an extension header";
  EXPECT_TRUE(icmp_error(IcmpCause::kTooBig, ipv6(100), kGateway, 1400).empty()) << "no address of this family";
}

/// The datagram that fragments make, or nothing if they don't.
Bytes together(const std::vector<Bytes>& fragments) {
  Bytes payload;
  for (size_t i = 0; i < fragments.size(); ++i) {
    const Bytes& f = fragments[i];
    const size_t header = (f[0] & 15u) * 4;
    if (Checksum().add(std::span(f).first(header)).value() != 0 || load_be16(&f[2]) != f.size()) return {};
    if ((load_be16(&f[6]) & 0x1fffu) * 8 != payload.size()) return {};
    if (((load_be16(&f[6]) & 0x2000) != 0) != (i + 1 < fragments.size())) return {};
    payload.insert(payload.end(), f.begin() + static_cast<std::ptrdiff_t>(header), f.end());
  }
  return payload;
}

TEST(Fragments, AreWholeAtEveryLength) {
  const Bytes options = {0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0};  // router alert (copied), record route (not)
  for (const Bytes& with : {Bytes{}, options}) {
    for (size_t mtu = 68; mtu < 110; ++mtu) {
      for (size_t payload = 1; payload < 250; ++payload) {
        const Bytes packet = ipv4(payload, 17, 0, with);
        const auto fragments = fragments_of(packet, mtu);
        for (const Bytes& f : fragments) ASSERT_LE(f.size(), mtu);
        const Bytes expected(packet.begin() + static_cast<std::ptrdiff_t>(20 + with.size()), packet.end());
        ASSERT_EQ(together(fragments), expected) << mtu << ' ' << payload;
        for (size_t i = 1; i < fragments.size(); ++i) ASSERT_EQ((fragments[i][0] & 15) * 4, with.empty() ? 20 : 24);
      }
    }
  }
}

TEST(Fragments, OfAFragmentStayInTheirPlace) {
  const auto middle = fragments_of(ipv4(64, 17, 0x2000 | 100), 20 + 32);
  ASSERT_EQ(middle.size(), 2u);
  EXPECT_EQ(load_be16(&middle[0][6]), 0x2000 | 100);
  EXPECT_EQ(load_be16(&middle[1][6]), 0x2000 | 104) << "more follow, as before";
  const auto last = fragments_of(ipv4(60, 17, 100), 20 + 32);
  EXPECT_EQ(load_be16(&last[1][6]), 104);
}

TEST(Fragments, NoneWhereThatCannotBe) {
  EXPECT_FALSE(may_be_fragmented(ipv4(100, 17, 0x4000)));
  EXPECT_FALSE(may_be_fragmented(ipv6(100)));
  EXPECT_TRUE(may_be_fragmented(ipv4(100)));
  EXPECT_TRUE(fragments_of(ipv4(100), 27).empty()) << "not even 8 bytes fit";
  Bytes wrong = ipv4(100);
  wrong[11] ^= 1;
  EXPECT_TRUE(fragments_of(wrong, 68).empty());
}

/// A SYN with these options; the checksum is right.
Bytes syn(bool v6, const Bytes& options, uint8_t flags = 2) {
  Bytes p = v6 ? ipv6(20 + options.size(), 6) : ipv4(20 + options.size(), 6);
  uint8_t* tcp = &p[v6 ? 40 : 20];
  tcp[12] = static_cast<uint8_t>((5 + options.size() / 4) << 4);
  tcp[13] = flags;
  std::copy(options.begin(), options.end(), tcp + 20);
  store_be16(tcp + 16, 0);
  const size_t length = 20 + options.size();
  const auto addresses = v6 ? std::span(p).subspan(8, 32) : std::span(p).subspan(12, 8);
  store_be16(tcp + 16, Checksum().add(addresses).add(static_cast<uint32_t>(length)).add(6).add({tcp, length}).value());
  return p;
}

TEST(MssClamp, LowersAndKeepsTheChecksumRight) {
  // In a word of its own, and across two.
  for (const Bytes& options :
       {Bytes{2, 4, 0x05, 0xb4}, Bytes{1, 2, 4, 0x05, 0xb4, 1, 0, 0}, Bytes{3, 3, 7, 2, 4, 5, 0xb4, 0}}) {
    for (const bool v6 : {false, true}) {
      const size_t header = v6 ? 40 : 20;
      for (size_t mtu = 1280; mtu < 1600; ++mtu) {
        Bytes p = syn(v6, options, 0x12);
        const Bytes before = p;
        const bool lower = mtu - header - 20 < 1460;
        ASSERT_EQ(clamp_mss(p, mtu), lower) << mtu;
        if (!lower) ASSERT_EQ(p, before);
        const auto addresses = v6 ? std::span(p).subspan(8, 32) : std::span(p).subspan(12, 8);
        const auto tcp = std::span(p).subspan(header);
        ASSERT_EQ(Checksum().add(addresses).add(static_cast<uint32_t>(tcp.size())).add(6).add(tcp).value(), 0) << mtu;
      }
    }
  }
}

TEST(MssClamp, LeavesAloneWhatIsNoSynWithAnMss) {
  const Bytes mss{2, 4, 0x05, 0xb4};
  Bytes fragment = syn(false, mss);
  store_be16(&fragment[6], 0x2000);
  const Bytes cases[] = {syn(false, mss, 0x10),
                         syn(false, {}),
                         syn(false, {0, 2, 4, 9}),
                         syn(false, {8, 40, 0, 0}),
                         syn(false, {8, 0, 0, 0}),
                         syn(false, {1, 1, 1, 2}),
                         fragment,
                         ipv4(60, 17)};
  for (Bytes p : cases) {
    const Bytes before = p;
    EXPECT_FALSE(clamp_mss(p, 1000));
    EXPECT_EQ(p, before);
  }
  for (size_t length = 20; length < 44; ++length) {
    Bytes cut = syn(false, mss);
    cut.resize(length);
    EXPECT_FALSE(clamp_mss(cut, 1000)) << length;
  }
  Bytes p = syn(false, mss);
  EXPECT_FALSE(clamp_mss(p, 0)) << "nothing fits";
}

TEST(RateLimit, ABurstThenSoManyASecond) {
  RateLimit limit;
  auto now = RateLimit::Clock::now();
  int passed = 0;
  for (int i = 0; i < 1000; ++i) passed += limit.take(now);
  EXPECT_EQ(passed, 50);
  passed = 0;
  for (int i = 0; i < 1000; ++i) passed += limit.take(now += std::chrono::milliseconds(1));
  EXPECT_NEAR(passed, 100, 1);
}

// What this host makes itself leaves by a protect policy's live SA or not at all.
TEST(OutboundSas, OwnPacketsNeedAProtectPolicyWithAnSa) {
  const auto policy = [](const char* dst, PolicyAction action) {
    Policy p;
    p.action = action;
    p.selector = {Prefix::parse("10.1.0.0/16"), Prefix::parse(dst), 0};
    return p;
  };
  const Policy protect = policy("10.2.0.0/16", PolicyAction::kProtect);
  SpdTable spd;
  spd.put(protect, 1);
  OutboundSas sas;
  sas.set_policies(spd);
  const IpFields packet = *read_ip(ipv4(8));
  constexpr SaHandle kSa{.index = 5, .generation = 6};
  EXPECT_FALSE(sas.sa_for(packet));
  sas.bind(protect.selector, kSa);
  EXPECT_EQ(sas.sa_for(packet), kSa);
  EXPECT_FALSE(sas.sa_for(*read_ip(ipv6(8)))) << "no policy";
  spd.put(policy("10.2.0.5/32", PolicyAction::kBypass), 2);
  sas.set_policies(spd);
  EXPECT_FALSE(sas.sa_for(packet)) << "bypass";
  spd.put(policy("10.2.0.5/32", PolicyAction::kDiscard), 3);
  sas.set_policies(spd);
  EXPECT_FALSE(sas.sa_for(packet)) << "discard";
  spd.erase(policy("10.2.0.5/32", PolicyAction::kDiscard).selector);
  sas.set_policies(spd);
  EXPECT_EQ(sas.sa_for(packet), kSa);
  spd.put(protect, 4);
  sas.set_policies(spd);
  EXPECT_FALSE(sas.sa_for(packet)) << "set again: bound to nothing yet";
  sas.bind(protect.selector, kSa);
  sas.remove(kSa);
  EXPECT_FALSE(sas.sa_for(packet));
}

}  // namespace
}  // namespace xesp::dataplane
