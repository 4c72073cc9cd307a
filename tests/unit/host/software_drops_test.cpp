// SPDX-License-Identifier: Apache-2.0
// Every drop reason that a packet can meet in the software engine, and which wins when several apply.
#include <gtest/gtest.h>

#include "support/packets.h"
#include "support/sas.h"
#include "xesp/engine.h"

namespace xesp::test {
namespace {

class Outbound : public testing::Test {
 protected:
  std::unique_ptr<Engine> engine = make_software_engine();
  SaHandle sa = engine->install(make_sa(Direction::kOut, Mode::kTunnel));
  Bytes packet = ipv4("10.1.0.1", "10.2.0.1", 17, counting(40));

  DropReason drop() { return drop(sa); }
  DropReason drop(SaHandle handle) {
    const Result r = send(*engine, handle, packet);
    EXPECT_TRUE(r.status == abi::kOk || r.data.empty());
    return r.status;
  }
};

TEST_F(Outbound, HeaderChecksComeInOrder) {
  packet.resize(56);
  packet[3] = 56;
  packet[0] = 0x4f;
  EXPECT_EQ(drop(), abi::kDropShort) << "60 bytes of header";
  packet[2] ^= 1;
  EXPECT_EQ(drop(), abi::kDropLength);
  packet[0] = 0x44;
  EXPECT_EQ(drop(), abi::kDropVersion);
  packet[0] = 0x55;
  EXPECT_EQ(drop(), abi::kDropVersion);
  packet[0] = 0x65;
  EXPECT_EQ(drop(), abi::kDropLength) << "as IPv6";
  packet.resize(39);
  EXPECT_EQ(drop(), abi::kDropShort);
  packet[0] = 0x45;
  packet.resize(19);
  EXPECT_EQ(drop(), abi::kDropShort);
  packet.clear();
  EXPECT_EQ(drop(), abi::kDropShort);
  packet.resize(abi::kMaxPacketBytes + 1);
  EXPECT_EQ(drop(), abi::kDropBadDescriptor);
}

TEST_F(Outbound, OnlyATunnelTakesFragments) {
  const SaHandle transport = engine->install(make_sa(Direction::kOut, Mode::kTransport, 0x2003));
  packet[6] = 0x40;  // DF
  EXPECT_EQ(drop(), abi::kOk);
  EXPECT_EQ(drop(transport), abi::kOk);
  packet[6] = 0x20;  // MF
  EXPECT_EQ(drop(), abi::kOk);
  EXPECT_EQ(drop(transport), abi::kDropFragment);
  packet[6] = 0;
  packet[7] = 1;  // offset
  EXPECT_EQ(drop(), abi::kOk);
  EXPECT_EQ(drop(transport), abi::kDropFragment);
  packet = ipv6("fd00::1", "fd00::2", 17, counting(40), {extension(44, 1)});
  EXPECT_EQ(drop(), abi::kOk);
  EXPECT_EQ(drop(transport), abi::kDropFragment);
}

TEST_F(Outbound, ExtensionHeadersUpTo24BytesStandBeforeEsp) {
  const SaHandle transport = engine->install(make_sa(Direction::kOut, Mode::kTransport, 0x2003));
  const auto status = [&](const std::vector<Extension>& list) {
    packet = ipv6("fd00::1", "fd00::2", 17, counting(40), list);
    return drop(transport);
  };
  EXPECT_EQ(status({extension(0, 1), extension(43, 2)}), abi::kOk);
  EXPECT_EQ(status({extension(43, 3)}), abi::kOk);
  EXPECT_EQ(status({extension(43, 4)}), abi::kDropIpOptions);
  EXPECT_EQ(status({extension(0, 1), extension(60, 1), extension(43, 1), extension(43, 1)}), abi::kDropIpOptions);
  // Destination options for the last destination go inside, however long (RFC 4303 3.1.1).
  ASSERT_EQ(status({extension(43, 1), extension(60, 9)}), abi::kOk);
  EXPECT_EQ(send(*engine, transport, packet).data[40], 50) << "ESP follows the routing header";
  packet.resize(46);
  fix_length(packet);
  EXPECT_EQ(drop(transport), abi::kDropShort) << "an extension header cut short";
}

TEST_F(Outbound, AStaleOrUnknownSaDrops) {
  EXPECT_EQ(drop({static_cast<uint16_t>(sa.index + 1), 0}), abi::kDropNoSa);
  EXPECT_EQ(drop({0xffff, 0}), abi::kDropNoSa);
  EXPECT_EQ(drop({sa.index, static_cast<uint16_t>(sa.generation + 1)}), abi::kDropStaleSa);
  engine->remove(Direction::kOut, sa);
  EXPECT_EQ(drop(), abi::kDropNoSa);
}

TEST_F(Outbound, ATooLongResultTakesNoSequenceNumber) {
  packet = ipv4("10.1.0.1", "10.2.0.1", 17, Bytes(9216 - 52 - 2 - 20));  // 9216 exactly after the work
  EXPECT_EQ(send(*engine, sa, packet).data.size(), 9216u);
  packet = ipv4("10.1.0.1", "10.2.0.1", 17, Bytes(9216 - 52 - 2 - 20 + 1));
  EXPECT_EQ(drop(), abi::kDropOutputTooBig);
  packet = ipv4("10.1.0.1", "10.2.0.1", 17, counting(1));
  EXPECT_EQ(send(*engine, sa, packet).seq, 2u);
}

TEST_F(Outbound, TheLastSequenceNumberIsTheLast) {
  SaConfig config = make_sa(Direction::kOut, Mode::kTunnel, 0x2002, 9);
  config.seq = 0xfffffffe;
  const SaHandle last = engine->install(config);
  EXPECT_EQ(send(*engine, last, packet).seq, 0xffffffffu);
  EXPECT_EQ(drop(last), abi::kDropSeqExhausted);
  EXPECT_EQ(engine->stats(Direction::kOut, last).seq, 0xffffffffu);
}

class Inbound : public testing::TestWithParam<Mode> {
 protected:
  std::unique_ptr<Engine> engine = make_software_engine();
  SaConfig config = make_sa(Direction::kIn, GetParam());
  SaHandle sa = engine->install(config);
  uint32_t seq = 0;

  bool tunnel() const { return GetParam() == Mode::kTunnel; }
  uint8_t good_next() const { return tunnel() ? 4 : 17; }
  // A payload that the mode takes: a whole packet or a transport payload of 8 bytes.
  Bytes good_payload() const { return tunnel() ? ipv4("10.1.0.1", "10.2.0.1", 17, counting(8)) : counting(8); }
  // payload || tail, sealed, received
  DropReason plain(Bytes payload, const Bytes& tail) {
    payload.insert(payload.end(), tail.begin(), tail.end());
    return drop(seal_by_hand(config, ++seq, payload));
  }
  DropReason drop(const Bytes& packet) {
    const Result r = receive(*engine, packet);
    EXPECT_TRUE(r.status == abi::kOk || r.data.empty());
    return r.status;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, Inbound, testing::Values(Mode::kTransport, Mode::kTunnel),
                         [](const auto& info) { return info.param == Mode::kTunnel ? "Tunnel" : "Transport"; });

TEST_P(Inbound, HeaderChecksComeInOrder) {
  Bytes packet = seal_by_hand(config, 1, counting(12));
  packet[23] ^= 1;  // SPI
  EXPECT_EQ(drop(packet), abi::kDropNoSa);
  packet.resize(packet.size() - 1);
  packet[3] = static_cast<uint8_t>(packet.size());
  EXPECT_EQ(drop(packet), abi::kDropAlign);
  packet.resize(52);
  packet[3] = 52;
  EXPECT_EQ(drop(packet), abi::kDropNoSa) << "with an ICV of 12 bytes it were one";
  packet[23] ^= 1;
  EXPECT_EQ(drop(packet), abi::kDropAlign) << "empty ciphertext";
  packet.resize(48);
  packet[3] = 48;
  EXPECT_EQ(drop(packet), abi::kDropShort) << "no whole ICV of this SA";
  packet.resize(44);
  packet[3] = 44;
  EXPECT_EQ(drop(packet), abi::kDropShort) << "nor of any";
  packet.resize(43);
  packet[3] = 43;
  EXPECT_EQ(drop(packet), abi::kDropAlign) << "headers and ICV are whole words";
  packet.resize(35);
  packet[3] = 35;
  EXPECT_EQ(drop(packet), abi::kDropShort) << "no SPI, number and shortest ICV";
  packet[9] = 47;
  EXPECT_EQ(drop(packet), abi::kDropNotEsp);
  packet[7] = 1;
  EXPECT_EQ(drop(packet), abi::kDropFragment);
  packet[0] = 0x4f;
  EXPECT_EQ(drop(packet), abi::kDropShort);
  packet[3] = 34;
  EXPECT_EQ(drop(packet), abi::kDropLength);
  packet[0] = 0x40;
  EXPECT_EQ(drop(packet), abi::kDropVersion);
  packet.resize(1);
  EXPECT_EQ(drop(packet), abi::kDropShort);
}

TEST_P(Inbound, TheDestinationIsPartOfTheName) {
  Bytes packet = seal_by_hand(config, 1, counting(12));
  packet[19] ^= 1;
  EXPECT_EQ(drop(packet), abi::kDropNoSa);
  engine->remove(Direction::kIn, sa);
  packet[19] ^= 1;
  EXPECT_EQ(drop(packet), abi::kDropNoSa);
}

TEST_P(Inbound, PaddingIsJudgedFirst) {
  EXPECT_EQ(plain(good_payload(), {1, 2, 2, good_next()}), abi::kOk);
  EXPECT_EQ(plain(good_payload(), {0, 0, 2, good_next()}), abi::kDropPadding);
  EXPECT_EQ(plain(good_payload(), {2, 2, 2, good_next()}), abi::kDropPadding);
  EXPECT_EQ(plain(good_payload(), {1, 3, 2, 99}), abi::kDropPadding) << "before the next header";
  EXPECT_EQ(plain({}, {1, 2, 3, 4, 5, 6, 6, good_next()}), tunnel() ? abi::kDropInner : abi::kOk);
  EXPECT_EQ(plain({}, {1, 2, 3, 4, 5, 6, 7, good_next()}), abi::kDropPadding) << "one more than there is";
  EXPECT_EQ(plain({}, {1, 2, 255, good_next()}), abi::kDropPadding);
}

TEST_P(Inbound, TheNextHeaderMustSuitTheMode) {
  EXPECT_EQ(plain(good_payload(), {1, 2, 2, 17}), tunnel() ? abi::kDropNextHeader : abi::kOk);
  EXPECT_EQ(plain(good_payload(), {1, 2, 2, 41}), tunnel() ? abi::kDropInner : abi::kOk)
      << "an IPv4 packet is not IPv6";
}

TEST_P(Inbound, ADummyPacketGoesNoFurtherAndTakesItsNumber) {
  EXPECT_EQ(plain(good_payload(), {1, 2, 2, 59}), abi::kDropDummy);
  EXPECT_EQ(plain({}, {0, 59, 0, 59}), abi::kDropDummy) << "whatever is in it (RFC 4303 2.6)";
  EXPECT_EQ(plain({}, {9, 9, 2, 59}), abi::kDropPadding);
  seq = 0;
  EXPECT_EQ(plain(good_payload(), {1, 2, 2, good_next()}), abi::kDropReplay);
}

TEST_P(Inbound, UdpMustBeWhatTheSaSays) {
  Bytes payload = good_payload();
  payload.insert(payload.end(), {1, 2, 2, good_next()});
  const auto in_udp = [](Bytes p) {
    const auto length = static_cast<uint8_t>(p.size() - 20 + 8);
    const Bytes udp = {0x11, 0x94, 0x11, 0x94, 0, length, 0, 0};
    p.insert(p.begin() + 20, udp.begin(), udp.end());
    p[9] = 17;
    fix_length(p);
    return p;
  };
  SaConfig encap = make_sa(Direction::kIn, GetParam(), 0x3004);
  encap.encap = UdpEncap{};
  engine->install(encap);
  EXPECT_EQ(drop(in_udp(seal_by_hand(encap, 1, payload))), abi::kOk);
  EXPECT_EQ(drop(seal_by_hand(encap, 2, payload)), abi::kDropEncap);
  EXPECT_EQ(drop(in_udp(seal_by_hand(config, 1, payload))), abi::kDropEncap);
  Bytes odd = in_udp(seal_by_hand(encap, 3, payload));
  odd[25] += 4;
  EXPECT_EQ(drop(odd), abi::kDropLength) << "UDP's own length";
  odd[25] -= 4;
  std::fill(odd.begin() + 28, odd.begin() + 32, uint8_t{0});
  EXPECT_EQ(drop(odd), abi::kDropNotEsp) << "the non-ESP marker (RFC 3948 2.2)";
  Bytes keepalive = ipv4("192.0.2.1", "198.51.100.1", 17, {0x11, 0x94, 0x11, 0x94, 0, 9, 0, 0, 0xff});
  EXPECT_EQ(drop(keepalive), abi::kDropShort);
}

TEST_P(Inbound, AnInnerPacketMustBeWhole) {
  if (!tunnel()) GTEST_SKIP() << "transport mode has no inner packet";
  Bytes inner = good_payload();
  inner[0] = 0x65;
  EXPECT_EQ(plain(inner, {1, 2, 2, 4}), abi::kDropInner);
  inner[0] = 0x44;
  EXPECT_EQ(plain(inner, {1, 2, 2, 4}), abi::kDropInner);
  inner[0] = 0x45;
  inner[3] += 1;
  EXPECT_EQ(plain(inner, {1, 2, 2, 4}), abi::kDropInner) << "longer than the payload";
  inner[3] -= 2;
  Bytes padded = inner;
  padded.insert(padded.end(), {1, 2, 2, 4});
  const Result trimmed = receive(*engine, seal_by_hand(config, ++seq, padded));
  ASSERT_EQ(trimmed.status, abi::kOk);
  EXPECT_EQ(trimmed.data.size(), inner.size() - 1) << "the rest is TFC padding (RFC 4303 2.7)";
  EXPECT_EQ(plain(counting(16, 0x45), {1, 2, 2, 4}), abi::kDropInner) << "no room for a header";
}

TEST_P(Inbound, AReplayDropsAndAnIcvFailureComesFirst) {
  Bytes payload = good_payload();
  payload.insert(payload.end(), {1, 2, 2, good_next()});
  const Bytes packet = seal_by_hand(config, 500, payload);
  EXPECT_EQ(drop(packet), abi::kOk);
  EXPECT_EQ(drop(packet), abi::kDropReplay);
  Bytes forged = packet;
  forged.back() ^= 1;
  EXPECT_EQ(drop(forged), abi::kDropIcv);
  EXPECT_EQ(drop(seal_by_hand(config, 0, payload)), abi::kDropReplayOld);
  EXPECT_EQ(drop(seal_by_hand(config, 500 - 128, payload)), abi::kDropReplayOld);
  EXPECT_EQ(drop(seal_by_hand(config, 500 - 127, payload)), abi::kOk);
}

TEST_P(Inbound, AMalformedPacketLeavesTheWindow) {
  EXPECT_EQ(plain(good_payload(), {9, 9, 2, good_next()}), abi::kDropPadding);
  seq = 0;  // the same number again, well formed
  EXPECT_EQ(plain(good_payload(), {1, 2, 2, good_next()}), abi::kOk);
}

TEST_P(Inbound, WithoutReplayCheckEveryNumberPasses) {
  SaConfig open = make_sa(Direction::kIn, GetParam(), 0x3003);
  open.replay_window = 0;
  const SaHandle handle = engine->install(open);
  Bytes payload = good_payload();
  payload.insert(payload.end(), {1, 2, 2, good_next()});
  for (const uint32_t s : {1000u, 1000u, 1u, 0u}) EXPECT_EQ(drop(seal_by_hand(open, s, payload)), abi::kOk) << s;
  EXPECT_EQ(engine->stats(Direction::kIn, handle).seq, 1000u);
}

TEST_P(Inbound, AnSaThatStartsAtANumberHasSeenAllBelow) {
  SaConfig later = make_sa(Direction::kIn, GetParam(), 0x4004);
  later.seq = 1000;
  engine->install(later);
  Bytes payload = good_payload();
  payload.insert(payload.end(), {1, 2, 2, good_next()});
  EXPECT_EQ(drop(seal_by_hand(later, 1000, payload)), abi::kDropReplay);
  EXPECT_EQ(drop(seal_by_hand(later, 990, payload)), abi::kDropReplay);
  EXPECT_EQ(drop(seal_by_hand(later, 1001, payload)), abi::kOk);
}

}  // namespace
}  // namespace xesp::test
