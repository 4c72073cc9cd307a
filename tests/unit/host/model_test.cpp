// SPDX-License-Identifier: Apache-2.0
// Addresses, prefixes, secrets, SAs and policies.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "support/refusal.h"
#include "support/sas.h"
#include "xesp/address.h"
#include "xesp/engine.h"
#include "xesp/error.h"
#include "xesp/policy.h"
#include "xesp/secret.h"

namespace xesp::test {
namespace {

TEST(IpAddress, RoundTrips) {
  for (const char* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "2001:db8::1", "::"})
    EXPECT_EQ(IpAddress::parse(text).str(), text);
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "host", "1.2.3.4 ", ":", "2001:db8:::1"})
    EXPECT_NE(refusal([&] { IpAddress::parse(text); }).find("is not an address"), std::string::npos) << text;
  EXPECT_NE(refusal([] { IpAddress::parse(std::string_view("1.2.3.4\0x", 9)); }), "(taken)");
}

TEST(Prefix, ParsesAndContains) {
  const Prefix p = Prefix::parse("10.1.2.0/23");
  EXPECT_EQ(p.str(), "10.1.2.0/23");
  EXPECT_TRUE(p.contains(IpAddress::parse("10.1.3.255")));
  EXPECT_FALSE(p.contains(IpAddress::parse("10.1.4.0")));
  EXPECT_FALSE(p.contains(IpAddress::parse("::")));
  EXPECT_TRUE(Prefix::parse("0.0.0.0/0").contains(IpAddress::parse("203.0.113.9")));
  EXPECT_EQ(Prefix::parse("10.0.0.1").length, 32);
  EXPECT_EQ(Prefix::parse("2001:db8::1").length, 128);
}

TEST(Prefix, RefusesBadLengthsAndHostBits) {
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129"})
    EXPECT_NE(refusal([&] { Prefix::parse(text); }).find("prefix length"), std::string::npos) << text;
  EXPECT_NE(refusal([] { Prefix::parse("10.0.0.1/8"); }).find("bits set after its length"), std::string::npos);
}

TEST(Secret, HexInAndWipedOnMove) {
  Secret a = Secret::from_hex("0x00fFa5");
  EXPECT_EQ(Bytes(a.bytes().begin(), a.bytes().end()), (Bytes{0x00, 0xff, 0xa5}));
  const Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): what a move leaves is what this is about
  EXPECT_EQ(b.size(), 3u);
  EXPECT_EQ(b.clone().bytes()[1], 0xff);
}

TEST(Secret, AFreedSlotIsWiped) {
  const uint8_t* slot = nullptr;
  {
    const Secret s(Bytes(64, 0x5a));
    slot = s.bytes().data();
  }
  // The pool keeps the page; all but its own link must be zero.
  for (size_t i = sizeof(void*); i < Secret::kCapacity; ++i) ASSERT_EQ(slot[i], 0) << i;
}

TEST(Secret, RefusalsNeverShowTheText) {
  const std::string bad_digit = refusal([] { Secret::from_hex("0xdeadbeefzz"); });
  EXPECT_NE(bad_digit.find("character 9"), std::string::npos) << bad_digit;
  for (const char* text : {"deadbeef", "0xdeadbee", "0x", "0xdeadbeefzz"})
    EXPECT_EQ(refusal([&] { Secret::from_hex(text); }).find("deadbee"), std::string::npos);
  EXPECT_NE(refusal([] { Secret::from_hex("0x" + std::string(130, '1')); }), "(taken)");
}

TEST(SaConfig, NamesTheFieldThatIsWrong) {
  const struct {
    const char* field;
    std::function<void(SaConfig&)> spoil;
  } cases[] = {
      {"src", [](SaConfig& s) { s.src = IpAddress::parse("::1"); }},
      {"src", [](SaConfig& s) { s.src = {}; }},
      {"dst", [](SaConfig& s) { s.dst = {}; }},
      {"src, dst", [](SaConfig& s) { s.dst = IpAddress::parse("::1"); }},
      {"dst", [](SaConfig& s) { s.src = IpAddress::parse("::1"), s.dst = IpAddress::parse("::"); }},
      {"spi", [](SaConfig& s) { s.spi = 255; }},
      {"proto", [](SaConfig& s) { s.proto = 108; }},
      {"aead key", [](SaConfig& s) { s.key = Secret(counting(15)); }},
      {"aead key", [](SaConfig& s) { s.key = Secret(counting(20)); }},
      {"aead key", [](SaConfig& s) { s.key = Secret(counting(33)); }},
      {"aead key", [](SaConfig& s) { s.key = {}; }},
      {"aead salt", [](SaConfig& s) { s.salt = Secret(counting(3)); }},
      {"aead ICV", [](SaConfig& s) { s.icv_bits = 32; }},
      {"aead ICV", [](SaConfig& s) { s.icv_bits = 100; }},
      {"aead ICV", [](SaConfig& s) { s.auth_only = true, s.icv_bits = 96; }},
      {"seq", [](SaConfig& s) { s.seq = uint64_t{1} << 32; }},
      {"seq_limit", [](SaConfig& s) { s.seq_limit = uint64_t{1} << 32; }},
      {"seq_limit", [](SaConfig& s) { s.seq = 10, s.seq_limit = 9; }},
      {"seq_limit", [](SaConfig& s) { s.esn = true, s.seq = uint64_t{1} << 40, s.seq_limit = uint64_t{1} << 39; }},
      {"replay-window", [](SaConfig& s) { s.replay_window = 4097; }},
      {"replay-window", [](SaConfig& s) { s.direction = Direction::kIn, s.esn = true, s.replay_window = 0; }},
      {"limit", [](SaConfig& s) { s.lifetime.soft_packets = 0; }},
      {"limit", [](SaConfig& s) { s.lifetime.hard_packets = 0; }},
      {"limit", [](SaConfig& s) { s.lifetime.soft_bytes = 0; }},
      {"limit", [](SaConfig& s) { s.lifetime.hard_bytes = 0; }},
      {"ttl", [](SaConfig& s) { s.ttl = 0; }},
      {"sel",
       [](SaConfig& s) {
         s.selector = Selector{Prefix::parse("::/0"), Prefix::parse("0.0.0.0/0"), 0};
       }},
      {"encap",
       [](SaConfig& s) {
         s.encap = UdpEncap{4500, 0};
       }},
      {"tfcpad", [](SaConfig& s) { s.tfc_pad = abi::kMaxPacketBytes + 1; }},
      {"sel",
       [](SaConfig& s) {
         s.selector = Selector{Prefix::parse("10.0.0.0/8"), Prefix::parse("0.0.0.0/0"), 1};
         s.selector->dst_port = 80;
       }},
      {"tfcpad", [](SaConfig& s) { s.mode = Mode::kTransport, s.tfc_pad = 100; }},
  };
  make_sa(Direction::kOut, Mode::kTunnel).check();
  for (const auto& c : cases) {
    SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
    c.spoil(sa);
    const std::string text = refusal([&] { sa.check(); });
    EXPECT_TRUE(text.starts_with(c.field)) << c.field << " -> " << text;
  }
}

TEST(SaConfig, AhHasAesGmacAndNothingAround) {
  const auto good = [](SaConfig& s) { s.proto = kProtoAh, s.auth_only = true; };
  const struct {
    const char* field;
    const char* fix;
    std::function<void(SaConfig&)> spoil;
  } cases[] = {
      {"aead:", "give 'rfc4543(gcm(aes))'", [](SaConfig& s) { s.auth_only = false; }},
      {"aead ICV", "128 bits", [](SaConfig& s) { s.icv_bits = 96; }},
      {"encap:", "remove it", [](SaConfig& s) { s.encap = UdpEncap{}; }},
      {"implicit IV:", "remove the flag", [](SaConfig& s) { s.implicit_iv = true; }},
      {"tfcpad:", "remove it", [](SaConfig& s) { s.tfc_pad = 100; }},
  };
  for (const Mode mode : {Mode::kTunnel, Mode::kTransport})
    for (const size_t bytes : {16, 24, 32}) {
      SaConfig sa = make_sa(Direction::kIn, mode);
      good(sa);
      sa.key = Secret(counting(bytes));
      sa.esn = true;
      EXPECT_EQ(refusal([&] { sa.check(); }), "(taken)");
    }
  for (const auto& c : cases) {
    SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
    good(sa);
    c.spoil(sa);
    const std::string text = refusal([&] { sa.check(); });
    EXPECT_TRUE(text.starts_with(c.field)) << c.field << " -> " << text;
    EXPECT_NE(text.find(c.fix), std::string::npos) << text;
  }
}

TEST(SaConfig, WhatEsnAndWindowsAllow) {
  SaConfig out = make_sa(Direction::kOut, Mode::kTunnel);
  EXPECT_EQ(out.send_limit(), 0xffffffffu);
  out.esn = true;
  EXPECT_EQ(out.send_limit(), ~uint64_t{0});
  out.seq = uint64_t{1} << 63;
  out.replay_window = 0;  // the receiver's business
  out.check();
  SaConfig in = make_sa(Direction::kIn, Mode::kTunnel);
  for (const unsigned window : {0u, 1u, 64u, 4096u}) {
    in.replay_window = window;
    in.check();
  }
  in.esn = true;
  in.seq = ~uint64_t{0};
  in.check();
}

TEST(SaConfig, TakesEveryKeyLengthForBothAlgorithms) {
  for (const size_t bytes : {16, 24, 32})
    for (const bool auth_only : {false, true}) {
      SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
      sa.key = Secret(counting(bytes));
      sa.auth_only = auth_only;
      EXPECT_EQ(refusal([&] { sa.check(); }), "(taken)") << bytes << " bytes";
    }
}

TEST(SaConfig, ACloneIsWhole) {
  SaConfig sa = make_sa(Direction::kIn, Mode::kTransport, 0x777, 3);
  sa.reqid = 5;
  sa.tos = 7;
  sa.selector = Selector{Prefix::parse("10.0.0.0/8"), Prefix::parse("0.0.0.0/0"), 6};
  sa.encap = UdpEncap{1, 2};
  sa.implicit_iv = true;
  sa.tfc_pad = 77;
  sa.esn = true;
  sa.replay_window = 77;
  sa.seq_limit = 9;
  sa.lifetime = {1, 2, 3, 4};
  const SaConfig c = sa.clone();
  EXPECT_TRUE(c.esn);
  EXPECT_EQ(c.replay_window, 77u);
  EXPECT_EQ(c.seq_limit, 9u);
  EXPECT_EQ(c.lifetime, sa.lifetime);
  EXPECT_EQ(c.spi, sa.spi);
  EXPECT_EQ(c.direction, sa.direction);
  EXPECT_EQ(c.mode, sa.mode);
  EXPECT_EQ(c.reqid, 5u);
  EXPECT_EQ(c.tos, 7);
  EXPECT_EQ(c.selector, sa.selector);
  EXPECT_EQ(c.encap, sa.encap);
  EXPECT_TRUE(c.implicit_iv);
  EXPECT_EQ(c.tfc_pad, 77);
  EXPECT_EQ(Bytes(c.key.bytes().begin(), c.key.bytes().end()), counting(32, 3));
  EXPECT_NE(c.key.bytes().data(), sa.key.bytes().data());
}

TEST(Policy, IsServedByItsSasOnly) {
  Policy p;
  p.selector = {Prefix::parse("10.1.0.0/16"), Prefix::parse("10.2.0.0/16"), 0};
  p.reqid = 4;
  p.tmpl_src = IpAddress::parse("192.0.2.1");
  p.tmpl_dst = IpAddress::parse("198.51.100.1");
  SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
  EXPECT_FALSE(p.served_by(sa)) << "reqid differs";
  sa.reqid = 4;
  EXPECT_TRUE(p.served_by(sa));
  sa.direction = Direction::kIn;
  EXPECT_FALSE(p.served_by(sa));
  sa.direction = Direction::kOut;
  sa.mode = Mode::kTransport;
  EXPECT_FALSE(p.served_by(sa));
  p.mode = Mode::kTransport;
  p.tmpl_src = p.tmpl_dst = {};
  EXPECT_TRUE(p.served_by(sa)) << "transport templates need no address";
  sa.proto = kProtoAh;
  EXPECT_FALSE(p.served_by(sa)) << "templates ask for ESP";
  sa.proto = kProtoEsp;
  p.action = PolicyAction::kBypass;
  EXPECT_FALSE(p.served_by(sa));
}

TEST(Policy, FamiliesOfSelectorAndTemplate) {
  Policy p;
  p.selector = {Prefix::parse("2001:db8:1::/48"), Prefix::parse("::/0"), 0};
  p.tmpl_src = IpAddress::parse("192.0.2.1");
  p.tmpl_dst = IpAddress::parse("198.51.100.1");
  EXPECT_EQ(refusal([&] { p.check(); }), "(taken)") << "IPv6 in an IPv4 tunnel";
  p.tmpl_dst = IpAddress::parse("2001:db8::1");
  EXPECT_NE(refusal([&] { p.check(); }).find("both ends"), std::string::npos);
  p.mode = Mode::kTransport;
  EXPECT_NE(refusal([&] { p.check(); }).find("transport"), std::string::npos);
  p.tmpl_src = p.tmpl_dst = {};
  EXPECT_EQ(refusal([&] { p.check(); }), "(taken)");
  SaConfig sa = make_sa(Direction::kOut, Mode::kTransport);
  EXPECT_FALSE(p.served_by(sa)) << "an IPv4 SA can't carry IPv6 in transport mode";
  p.selector.src = Prefix::parse("10.0.0.0/8");
  EXPECT_NE(refusal([&] { p.check(); }).find("both prefixes"), std::string::npos);
  p.tmpl_src = IpAddress::parse("::");
  p.mode = Mode::kTunnel;
  p.selector.src = Prefix::parse("::/0");
  EXPECT_NE(refusal([&] { p.check(); }).find("outer addresses"), std::string::npos);
}

TEST(DropReason, EachHasItsOwnNameAndAText) {
  std::set<std::string> names;
  for (unsigned i = 0; i < abi::kDropReasonCount; ++i) {
    EXPECT_TRUE(names.insert(drop_counter_name(static_cast<DropReason>(i))).second);
    EXPECT_GT(std::string(drop_text(static_cast<DropReason>(i))).size(), 3u);
  }
  EXPECT_STREQ(drop_counter_name(abi::kDropIcv), "icv_failed");
  EXPECT_STREQ(drop_counter_name(static_cast<DropReason>(31)), "unknown_reason");
}

}  // namespace
}  // namespace xesp::test
