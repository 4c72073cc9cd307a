// SPDX-License-Identifier: Apache-2.0
// AH in the software engine: options and extension headers, and every reason to drop, in their order.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/software_sa.h"
#include "support/ah_packets.h"
#include "support/sas.h"
#include "xesp/engine.h"

namespace xesp::test {
namespace {

class AhDrops : public testing::Test {
 protected:
  std::unique_ptr<Engine> engine = make_software_engine();

  DropReason drop_out(SaHandle sa, const Bytes& packet, bool dummy = false) {
    const PacketIn in{packet, sa, dummy};
    std::vector<PacketOut> out;
    engine->process(Direction::kOut, {&in, 1}, out);
    EXPECT_EQ(out[0].status == abi::kOk, !out[0].data.empty());
    return out[0].status;
  }
  DropReason drop_in(const Bytes& packet) {
    const Result r = receive(*engine, packet);
    EXPECT_EQ(r.status == abi::kOk, !r.data.empty());
    return r.status;
  }
  // Both ends of a transport SA.
  struct Ends {
    SaHandle out;
    SaConfig in;
  };
  Ends transport(bool v6) {
    engine->install(make_ah_sa(Direction::kIn, Mode::kTransport, v6));
    return {engine->install(make_ah_sa(Direction::kOut, Mode::kTransport, v6)),
            make_ah_sa(Direction::kIn, Mode::kTransport, v6)};
  }
};

TEST_F(AhDrops, Ipv4OptionsAreCoveredOrZerosAsRfc4302AppendixASays) {
  const struct {
    const char* options;
    const char* covered;  // none: dropped
  } cases[] = {
      {"01010101", "01010101"},                      // NOP
      {"00aabbcc", "00aabbcc"},                      // end of list, and what is behind it
      {"8204aabb", "8204aabb"},                      // security
      {"8504aabb 8604aabb", "8504aabb 8604aabb"},    // extended security, commercial security
      {"94040000", "94040000"},                      // router alert
      {"9504aabb", "9504aabb"},                      // sender-directed delivery
      {"0707040a0b0c0d 01", "00000000000000 01"},    // record route
      {"44080500 12345678", "00000000 00000000"},    // timestamp
      {"01 0703aa 94040000", "01 000000 94040000"},  // one that goes between two that stay
      {"fe02 00 00", "0000 00 00"},                  // one that nobody knows
      {"0703aa 00", "000000 00"},
      {"8307040a0b0c0d 00", nullptr},  // loose source route
      {"8907040a0b0c0d 00", nullptr},  // strict source route
      {"01 01 01 83", nullptr},        // its first byte alone
      {"07010101", nullptr},           // length 1
      {"07000101", nullptr},           // length 0
      {"07050101", nullptr},           // beyond the header
      {"01010107", nullptr},           // no length
      {"82050000", nullptr},           // the same for one that stays
      {"00838383", "00838383"},        // no option behind the end of the list
  };
  const Ends ends = transport(false);
  uint64_t seq = 0;
  for (const auto& c : cases) {
    const Bytes options = hex(c.options);
    const Bytes clear = ipv4_with_options("192.0.2.1", "198.51.100.1", 17, options, counting(21));
    if (!c.covered) {
      EXPECT_EQ(drop_out(ends.out, clear), abi::kDropIpOptions) << c.options;
      EXPECT_EQ(drop_in(ah_by_hand(ends.in, 99, ah_outside(false, options), 17, counting(21))), abi::kDropIpOptions)
          << c.options;
      continue;
    }
    const Result sent = send(*engine, ends.out, clear);
    ASSERT_EQ(sent.status, abi::kOk) << c.options;
    const Bytes header(sent.data.begin(), sent.data.begin() + static_cast<std::ptrdiff_t>(20 + options.size()));
    Bytes covered = without_mutable_fields(ah_outside(false, hex(c.covered)));
    std::copy(header.begin() + 4, header.begin() + 6, covered.begin() + 4);  // identification
    EXPECT_EQ(sent.data, ah_by_hand(ends.in, ++seq, header, 17, counting(21), covered)) << c.options;
    EXPECT_EQ(receive(*engine, sent.data).data, clear) << c.options;
  }
  EXPECT_EQ(engine->stats(Direction::kOut, ends.out).seq, seq) << "a drop takes no number";
}

TEST_F(AhDrops, ARouterMayWriteIntoAnIpv4OptionThatIsZeros) {
  const Ends ends = transport(false);
  const Bytes clear = ipv4_with_options("192.0.2.1", "198.51.100.1", 17, hex("0707040000000001 94040000"), counting(8));
  const auto wire = [&](size_t at) {
    Bytes w = send(*engine, ends.out, clear).data;
    w[at] ^= 0x10;
    return w;
  };
  EXPECT_EQ(drop_in(wire(23)), abi::kOk) << "the route";
  EXPECT_EQ(drop_in(wire(22)), abi::kOk) << "its pointer";
  EXPECT_EQ(drop_in(wire(27)), abi::kDropIpOptions) << "the NOP behind it becomes an option that is too long";
  EXPECT_EQ(drop_in(wire(20)), abi::kOk) << "and its type, for it is zeros as a whole";
  EXPECT_EQ(drop_in(wire(30)), abi::kDropIcv) << "router alert";
}

TEST_F(AhDrops, Ipv6OptionDataThatMayChangeIsZeros) {
  const struct {
    std::vector<Extension> extensions;
    size_t may;   // a byte that may change; 0: none
    size_t must;  // one that must not; 0: none
  } cases[] = {
      {{{0, hex("00 1e04 01020304")}}, 0, 44},                                  // an option that stays
      {{{0, hex("00 3e04 01020304")}}, 44, 43},                                 // one that may change: its length stays
      {{{60, hex("00 3e00 3e02aabb")}}, 46, 42},                                // type too
      {{{0, hex("00 00 00 0102 0000")}}, 0, 47},                                // Pad1 and PadN
      {{{0, hex("00 05020000 0100")}, {60, hex("00 3e01ff 010100")}}, 52, 44},  // router alert, then another header
      {{{60, hex("01 3e0c 0102030405060708090a0b0c")}}, 55, 41},                // of 16 bytes
  };
  const Ends ends = transport(true);
  for (size_t i = 0; i < std::size(cases); ++i) {
    const Bytes clear = ipv6("2001:db8::1", "2001:db8::2", 17, counting(13), cases[i].extensions);
    Bytes wire = send(*engine, ends.out, clear).data;
    ASSERT_FALSE(wire.empty()) << i;
    EXPECT_EQ(receive(*engine, wire).data, clear) << i;
    if (cases[i].may) {
      wire = send(*engine, ends.out, clear).data;
      wire[cases[i].may] ^= 0xff;
      EXPECT_EQ(drop_in(wire), abi::kOk) << i;
    }
    wire = send(*engine, ends.out, clear).data;
    wire[cases[i].must] ^= 0x01;
    EXPECT_NE(drop_in(wire), abi::kOk) << i;
    if (cases[i].must >= 44) {
      EXPECT_EQ(drop_in(wire), abi::kDropIcv) << i;
    }
  }
  // Made by hand: what is covered has zeros for the data, and type and length as they are.
  const std::vector<Extension> one = {{0, hex("00 3e04 01020304")}}, covered = {{0, hex("00 3e04 00000000")}};
  EXPECT_EQ(drop_in(ah_by_hand(ends.in, 1000, ah_outside(true, {}, one), 17, counting(13),
                               without_mutable_fields(ah_outside(true, {}, covered)))),
            abi::kOk);
}

TEST_F(AhDrops, Ipv6ExtensionHeadersThatCannotBeCovered) {
  const Ends ends = transport(true);
  const std::vector<Extension> cases[] = {
      {extension(43, 1)},  // routing header
      {extension(0, 1), extension(43, 1)},
      {extension(43, 4)},               // beyond what is read
      {{0, hex("00 1e05 01020304")}},   // an option longer than the header
      {{0, hex("00 00000000 00 1e")}},  // no length
      {{60, hex("00 3eff 01020304")}},
      {{60, hex("01 010c 000000000000000000000000")}, {0, hex("00 010400000000")}},  // hop-by-hop in the wrong place
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    const Bytes clear = ipv6("2001:db8::1", "2001:db8::2", 17, counting(13), cases[i]);
    const Bytes wire = ah_by_hand(ends.in, 99, ah_outside(true, {}, cases[i]), 17, counting(13));
    if (i + 1 == std::size(cases)) {  // read as the protocol: no AH
      EXPECT_EQ(drop_in(wire), abi::kDropNotEsp);
      continue;
    }
    EXPECT_EQ(drop_out(ends.out, clear), abi::kDropIpOptions) << i;
    EXPECT_EQ(drop_in(wire), abi::kDropIpOptions) << i;
  }
}

TEST_F(AhDrops, ATunnelTakesAnyPacketAsItsPayload) {
  const SaHandle sa = engine->install(make_ah_sa(Direction::kOut, Mode::kTunnel));
  engine->install(make_ah_sa(Direction::kIn, Mode::kTunnel));
  Bytes fragment = ipv4("10.1.0.1", "10.2.0.1", 17, counting(9));
  fragment[6] = 0x20;
  fix_checksum(fragment);
  for (const Bytes& clear : {ipv4_with_options("10.1.0.1", "10.2.0.1", 17, hex("8307040a0b0c0d00"), counting(9)),
                             fragment, ipv6("fd00::1", "fd00::2", 17, counting(9), {extension(43, 2)})})
    EXPECT_EQ(receive(*engine, send(*engine, sa, clear).data).data, clear);
}

TEST_F(AhDrops, OutboundReasonsInTheirOrder) {
  SaConfig config = make_ah_sa(Direction::kOut, Mode::kTransport);
  config.lifetime.hard_packets = 1;
  config.seq_limit = 1;
  const SaHandle sa = engine->install(config);
  const Bytes good = ipv4("192.0.2.1", "198.51.100.1", 17, counting(9));
  Bytes fragment = ipv4_with_options("192.0.2.1", "198.51.100.1", 17, hex("07000101"), counting(9));
  const Bytes options = fragment;
  fragment[6] = 0x20;
  EXPECT_EQ(drop_out({sa.index, 77}, good, true), abi::kDropStaleSa);
  EXPECT_EQ(drop_out({9, 0}, good, true), abi::kDropNoSa);
  EXPECT_EQ(drop_out(sa, fragment, true), abi::kDropBadDescriptor) << "AH has no dummy packets";
  EXPECT_EQ(drop_out(sa, good, true), abi::kDropBadDescriptor);
  EXPECT_EQ(drop_out(sa, fragment), abi::kDropFragment);
  EXPECT_EQ(drop_out(sa, options), abi::kDropIpOptions);
  EXPECT_EQ(drop_out(sa, good), abi::kOk);
  EXPECT_EQ(drop_out(sa, good, true), abi::kDropBadDescriptor);
  EXPECT_EQ(drop_out(sa, fragment), abi::kDropFragment);
  EXPECT_EQ(drop_out(sa, options), abi::kDropIpOptions);
  EXPECT_EQ(drop_out(sa, good), abi::kDropExpired);
  config.lifetime = {};
  config.spi = 0x1002;
  const SaHandle leased = engine->install(config);
  const Bytes long_one = ipv4("192.0.2.1", "198.51.100.1", 17, Bytes(9216 - 20 - 36 + 1));
  EXPECT_EQ(drop_out(leased, long_one), abi::kDropOutputTooBig);
  EXPECT_EQ(drop_out(leased, good), abi::kOk);
  EXPECT_EQ(drop_out(leased, long_one), abi::kDropSeqExhausted);
}

TEST_F(AhDrops, TheLongestPacket) {
  for (const bool v6 : {false, true})
    for (const Mode mode : {Mode::kTransport, Mode::kTunnel}) {
      const SaHandle sa = engine->install(make_ah_sa(Direction::kOut, mode, v6));
      const SaHandle in = engine->install(make_ah_sa(Direction::kIn, mode, v6));
      const size_t room = abi::kMaxPacketBytes - (v6 ? 80 : 56);
      const auto clear = [&](size_t more) {
        const size_t payload = (mode == Mode::kTunnel ? room - 20 : room) + more;
        return v6 && mode == Mode::kTransport ? ipv6("2001:db8::1", "2001:db8::2", 17, Bytes(payload))
                                              : ipv4("192.0.2.1", "198.51.100.1", 17, Bytes(payload));
      };
      const Result sent = send(*engine, sa, clear(0));
      EXPECT_EQ(sent.data.size(), abi::kMaxPacketBytes);
      EXPECT_EQ(receive(*engine, sent.data).data, clear(0));
      EXPECT_EQ(drop_out(sa, clear(1)), abi::kDropOutputTooBig);
      EXPECT_EQ(engine->stats(Direction::kOut, sa).seq, 1u);
      engine->remove(Direction::kIn, in);
    }
}

TEST_F(AhDrops, InboundFrontReasonsInTheirOrder) {
  for (const bool v6 : {false, true}) {
    const SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTransport, v6);
    engine->install(sa);
    const size_t ip = v6 ? 40 : 20;
    const Bytes good = ah_by_hand(sa, 1, ah_outside(v6), 17, {});
    const auto with = [&](auto change) {
      Bytes p = good;
      change(p);
      fix_length(p);
      return p;
    };
    const auto wrong_length = [&](Bytes& p) { p[ip + 1] ^= 1; };
    EXPECT_EQ(drop_in(with([&](Bytes& p) { p.pop_back(), wrong_length(p); })), abi::kDropShort);
    EXPECT_EQ(drop_in(with([&](Bytes& p) { p.resize(ip + 1); })), abi::kDropShort);
    EXPECT_EQ(drop_in(with([&](Bytes& p) { wrong_length(p), p[ip + 4] ^= 1; })), abi::kDropLength);
    EXPECT_EQ(drop_in(with([&](Bytes& p) { p[ip + 1] = v6 ? 7 : 8; })), abi::kDropLength) << "the other family's";
    EXPECT_EQ(drop_in(with([&](Bytes& p) { p[ip + 7] ^= 1; })), abi::kDropNoSa);
    EXPECT_EQ(drop_in(with([&](Bytes& p) { p[ip - 1] ^= 1; })), abi::kDropNoSa) << "destination";
    EXPECT_EQ(drop_in(with([&](Bytes& p) { p.push_back(1); })), abi::kDropIcv) << "any length is aligned";
    EXPECT_EQ(drop_in(good), abi::kOk) << "no payload";
  }
  Bytes options = ah_outside(false, hex("07000101"));
  options.resize(30);
  fix_length(options);
  EXPECT_EQ(drop_in(options), abi::kDropIpOptions) << "before too short";
  options[6] = 0x20;
  EXPECT_EQ(drop_in(options), abi::kDropFragment) << "before the options";
  EXPECT_EQ(drop_in(ipv4("192.0.2.1", "198.51.100.1", 108, counting(40))), abi::kDropNotEsp);
}

// An AH that is not as long as its SA's is no forgery but a misunderstanding, and is told as one. Where there is no SA,
// the length of AES-GMAC counts first, as on the card.
TEST_F(AhDrops, TheLengthOfAnHmacIsItsSas) {
  for (const bool v6 : {false, true})
    for (const Integrity integrity : {Integrity::kHmacSha256, Integrity::kHmacSha384, Integrity::kHmacSha512}) {
      SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTransport, v6, 0x2000 + digest_bits(integrity));
      use_hmac(sa, integrity);
      engine->install(sa);
      const size_t ip = v6 ? 40 : 20, ah = ah_bytes_of(sa);
      const Bytes good = ah_by_hand(sa, 1, ah_outside(v6), 17, {});
      const auto with = [&](auto change) {
        Bytes p = good;
        change(p);
        fix_length(p);
        return p;
      };
      EXPECT_EQ(drop_in(with([&](Bytes& p) { p.pop_back(); })), abi::kDropShort);
      EXPECT_EQ(drop_in(with([&](Bytes& p) { p.resize(ip + 27); })), abi::kDropShort);
      EXPECT_EQ(drop_in(with([&](Bytes& p) { p[ip + 1] ^= 1; })), abi::kDropLength);
      EXPECT_EQ(drop_in(with([&](Bytes& p) { p.resize(ip + ah + 4), p[ip + 1] += 1; })), abi::kDropLength) << "whole 8";
      const bool as_gmac = ah == (v6 ? 40 : 36);
      EXPECT_EQ(drop_in(with([&](Bytes& p) { p[ip + 7] ^= 1; })), as_gmac               ? abi::kDropNoSa
                                                                  : ah < (v6 ? 40 : 36) ? abi::kDropShort
                                                                                        : abi::kDropLength);
      EXPECT_EQ(drop_in(with([&](Bytes& p) { p.push_back(1); })), abi::kDropIcv) << "any length is aligned";
      EXPECT_EQ(drop_in(good), abi::kOk) << "no payload";
    }
  const SaConfig gmac = make_ah_sa(Direction::kIn, Mode::kTransport, false);
  engine->install(gmac);
  Bytes other = ah_by_hand(gmac, 1, ah_outside(false), 17, counting(20));
  other[20 + 1] = 5;
  EXPECT_EQ(drop_in(other), abi::kDropLength) << "an HMAC's length, and the SA has none";
}

TEST_F(AhDrops, AnHmacCoversOptionsAndExtensionHeadersLikeAesGmac) {
  for (const bool v6 : {false, true}) {
    SaConfig out = make_ah_sa(Direction::kOut, Mode::kTransport, v6),
             in = make_ah_sa(Direction::kIn, Mode::kTransport, v6);
    use_hmac(out, Integrity::kHmacSha384);
    use_hmac(in, Integrity::kHmacSha384);
    const SaHandle sa = engine->install(out);
    engine->install(in);
    const Bytes clear =
        v6 ? ipv6("2001:db8::1", "2001:db8::2", 17, counting(13), {{0, hex("00 3e04 01020304")}})
           : ipv4_with_options("192.0.2.1", "198.51.100.1", 17, hex("0707040000000001 94040000"), counting(8));
    const auto changed = [&](size_t at) {
      Bytes wire = send(*engine, sa, clear).data;
      wire[at] ^= 0x10;
      return drop_in(wire);
    };
    EXPECT_EQ(changed(v6 ? 44 : 23), abi::kOk) << "what routers may change";
    EXPECT_EQ(changed(v6 ? 41 : 30), v6 ? abi::kDropIpOptions : abi::kDropIcv);
    EXPECT_EQ(receive(*engine, send(*engine, sa, clear).data).data, clear);
  }
}

TEST_F(AhDrops, ReplaysAndOldNumbers) {
  const SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTransport);
  engine->install(sa);
  const auto packet = [&](uint64_t seq) { return ah_by_hand(sa, seq, ah_outside(false), 17, counting(3)); };
  EXPECT_EQ(drop_in(packet(500)), abi::kOk);
  EXPECT_EQ(drop_in(packet(500)), abi::kDropReplay);
  Bytes forged = packet(500);
  forged.back() ^= 1;
  EXPECT_EQ(drop_in(forged), abi::kDropIcv) << "before the window";
  EXPECT_EQ(drop_in(packet(0)), abi::kDropReplayOld);
  EXPECT_EQ(drop_in(packet(500 - 128)), abi::kDropReplayOld);
  EXPECT_EQ(drop_in(packet(500 - 127)), abi::kOk);
  forged = packet(9000);
  forged.back() ^= 1;
  EXPECT_EQ(drop_in(forged), abi::kDropIcv);
  EXPECT_EQ(drop_in(packet(400)), abi::kOk) << "a forgery does not move the window";
}

TEST_F(AhDrops, WhatATunnelMustCarry) {
  const SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTunnel);
  engine->install(sa);
  uint64_t seq = 0;
  const auto carried = [&](uint8_t next_header, const Bytes& payload) {
    return drop_in(ah_by_hand(sa, ++seq, ah_outside(false), next_header, payload));
  };
  const Bytes inner = ipv4("10.1.0.1", "10.2.0.1", 17, counting(8));
  EXPECT_EQ(carried(4, inner), abi::kOk);
  EXPECT_EQ(carried(17, inner), abi::kDropNextHeader);
  EXPECT_EQ(carried(59, inner), abi::kDropNextHeader) << "no dummy packets in AH";
  EXPECT_EQ(carried(41, inner), abi::kDropInner) << "an IPv4 packet is not IPv6";
  EXPECT_EQ(carried(4, {}), abi::kDropInner);
  EXPECT_EQ(carried(17, {}), abi::kDropNextHeader);
  Bytes longer = inner;
  longer[3] += 1;
  EXPECT_EQ(carried(4, longer), abi::kDropInner);
  Bytes version = inner;
  version[0] = 0x65;
  EXPECT_EQ(carried(4, version), abi::kDropInner);
  Bytes padded = inner;
  padded.resize(padded.size() + 7, 0xee);
  EXPECT_EQ(receive(*engine, ah_by_hand(sa, ++seq, ah_outside(false), 4, padded)).data, inner);
  const uint64_t same = seq + 1;
  seq = same - 1;
  EXPECT_EQ(carried(4, longer), abi::kDropInner);
  seq = same - 1;
  EXPECT_EQ(carried(4, inner), abi::kOk) << "what drops leaves the window";
}

TEST(AhScratch, HoldsNothingOfAPacketThatDrops) {
  for (const Mode mode : {Mode::kTransport, Mode::kTunnel}) {
    const SaConfig config = make_ah_sa(Direction::kIn, mode);
    SoftwareSa sa(config);
    Bytes payload = ipv4("10.1.0.1", "10.2.0.1", 17, counting(50, 1));
    const auto left = [&](uint64_t seq, uint8_t spoil) {
      Bytes wire = ah_by_hand(config, seq, ah_outside(false), 4, payload);
      wire.back() ^= spoil;
      Bytes out(wire.size());
      const SoftwareResult r = recover(sa, {wire}, read_inbound(wire), out);
      return std::pair(r.status, std::ranges::count_if(out, [](uint8_t b) { return b != 0; }));
    };
    EXPECT_EQ(left(7, 1), std::pair(abi::kDropIcv, 0l));
    EXPECT_GT(left(7, 0).second, 50);
    EXPECT_EQ(left(7, 0), std::pair(abi::kDropReplay, 0l));
    payload[3] += 1;
    if (mode == Mode::kTunnel) {
      EXPECT_EQ(left(8, 0), std::pair(abi::kDropInner, 0l));
    }
  }
}

TEST_F(AhDrops, InTransportEveryNextHeaderIsDelivered) {
  const SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTransport);
  engine->install(sa);
  uint64_t seq = 0;
  for (const uint8_t next : {1, 4, 6, 17, 41, 50, 51, 59, 253}) {
    const Result got = receive(*engine, ah_by_hand(sa, ++seq, ah_outside(false), next, counting(9)));
    ASSERT_EQ(got.status, abi::kOk) << unsigned{next};
    EXPECT_EQ(got.data[9], next);
    EXPECT_EQ(Bytes(got.data.begin() + 20, got.data.end()), counting(9));
  }
}

// Mostly for the sanitizers: headers that say anything, of packets that are cut anywhere.
TEST_F(AhDrops, GarbageNeverPasses) {
  std::mt19937 random(1);
  for (const bool v6 : {false, true}) {
    const SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTransport, v6);
    engine->install(sa);
    const SaHandle out = engine->install(make_ah_sa(Direction::kOut, Mode::kTransport, v6));
    const Bytes good = ah_by_hand(
        sa, 1, ah_outside(v6, Bytes(v6 ? 0 : 24, 1), {extension(0, 1, 0), extension(60, 2, 0)}), 17, counting(20));
    for (int i = 0; i < 20000; ++i) {
      Bytes packet = good;
      const size_t options = v6 ? 40 : 20;
      for (int n = 0; n < 4; ++n)
        packet[options + random() % (packet.size() - options)] = static_cast<uint8_t>(random());
      if (random() % 2) packet.resize(options + random() % (packet.size() - options + 1));
      if (v6 && random() % 4 == 0) packet[6] = static_cast<uint8_t>(random() % 2 ? 60 : 43);
      fix_length(packet);
      if (packet != good) {
        EXPECT_NE(drop_in(packet), abi::kOk);
      }
      drop_out(out, packet);
    }
  }
}

TEST_F(AhDrops, UdpAndEspDoNotReachAnAhSa) {
  const SaConfig sa = make_ah_sa(Direction::kIn, Mode::kTransport);
  engine->install(sa);
  SaConfig esp = make_sa(Direction::kIn, Mode::kTransport);
  EXPECT_EQ(drop_in(seal_by_hand(esp, 1, counting(12))), abi::kDropNoSa);
  Bytes udp = hex("1194 1194 0000 0000 00001001 00000001 0000000000000001");
  udp.resize(udp.size() + 16 + 4);
  udp[5] = static_cast<uint8_t>(udp.size());
  EXPECT_EQ(drop_in(ipv4("192.0.2.1", "198.51.100.1", 17, udp)), abi::kDropNoSa);
}

}  // namespace
}  // namespace xesp::test
