// SPDX-License-Identifier: Apache-2.0
// What the software engine makes of good packets, and its SA table.
#include <gtest/gtest.h>

#include <random>

#include "support/packets.h"
#include "support/sas.h"
#include "xesp/engine.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

// Inner packet of a tunnel between two hosts, or the packet itself in transport mode.
Bytes clear_packet(Mode mode, size_t payload) {
  return mode == Mode::kTunnel ? ipv4("10.1.0.1", "10.2.0.1", 17, counting(payload))
                               : ipv4("192.0.2.1", "198.51.100.1", 17, counting(payload));
}

class BothModes : public testing::TestWithParam<Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, BothModes, testing::Values(Mode::kTransport, Mode::kTunnel),
                         [](const auto& info) { return info.param == Mode::kTunnel ? "Tunnel" : "Transport"; });

TEST_P(BothModes, EveryPayloadLengthComesBack) {
  const auto engine = make_software_engine();
  const SaHandle out = engine->install(make_sa(Direction::kOut, GetParam()));
  engine->install(make_sa(Direction::kIn, GetParam()));
  for (size_t payload = 0; payload <= 1500; ++payload) {
    const Bytes clear = clear_packet(GetParam(), payload);
    const Result sent = send(*engine, out, clear);
    ASSERT_EQ(sent.status, abi::kOk) << payload;
    ASSERT_EQ(sent.seq, payload + 1);
    ASSERT_EQ((sent.data.size() - 52) % 4, 0u);
    ASSERT_LT(sent.data.size() - 52 - (GetParam() == Mode::kTunnel ? payload + 20 : payload), 6u);
    const Result got = receive(*engine, sent.data);
    ASSERT_EQ(got.status, abi::kOk) << payload;
    ASSERT_EQ(got.seq, payload + 1);
    ASSERT_EQ(got.data, clear) << payload;
  }
}

TEST_P(BothModes, TheWireHasTheHeadersOfRfc4303And4106) {
  const auto engine = make_software_engine();
  SaConfig config = make_sa(Direction::kOut, GetParam());
  config.tos = 0xb8;
  config.ttl = 33;
  const SaHandle sa = engine->install(config);
  const Bytes clear = clear_packet(GetParam(), 5);
  const Bytes wire = send(*engine, sa, clear).data;
  const bool tunnel = GetParam() == Mode::kTunnel;
  const size_t body = tunnel ? 28 : 8;  // 25 + 1 pad + 2, 5 + 1 pad + 2

  ASSERT_EQ(wire.size(), 20 + 16 + body + 16);
  Bytes header = tunnel ? hex("45b8 0000 0000 4000 21 32 0000 c0000201 c6336401")
                        : hex("4500 0000 1234 0000 40 32 0000 c0000201 c6336401");
  header[3] = static_cast<uint8_t>(wire.size());
  fix_checksum(header);
  EXPECT_EQ(Bytes(wire.begin(), wire.begin() + 20), header);
  EXPECT_EQ(Bytes(wire.begin() + 20, wire.begin() + 36), hex("00001001 00000001 0000000000000001"));

  // The body and the tag, made a second way.
  Bytes plain = tunnel ? clear : Bytes(clear.begin() + 20, clear.end());
  for (const uint8_t b : {1, 1, tunnel ? 4 : 17}) plain.push_back(b);
  const Bytes other = seal_by_hand(config, 1, plain);
  EXPECT_EQ(Bytes(wire.begin() + 20, wire.end()), Bytes(other.begin() + 20, other.end()));
}

TEST_P(BothModes, AFlippedBitAnywhereNeverYieldsAPacket) {
  const auto engine = make_software_engine();
  const SaHandle out = engine->install(make_sa(Direction::kOut, GetParam()));
  const SaHandle in = engine->install(make_sa(Direction::kIn, GetParam()));
  const Bytes wire = send(*engine, out, clear_packet(GetParam(), 100)).data;
  for (size_t bit = 20 * 8; bit < wire.size() * 8; ++bit) {
    Bytes bad = wire;
    bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const Result got = receive(*engine, bad);
    ASSERT_TRUE(got.status == abi::kDropIcv || got.status == abi::kDropNoSa) << "bit " << bit << ": " << got.status;
    ASSERT_TRUE(got.data.empty());
  }
  EXPECT_EQ(engine->stats(Direction::kIn, in).packets, 0u);
  EXPECT_EQ(receive(*engine, wire).status, abi::kOk) << "forgeries must not move the window";
}

TEST(SoftwareEngine, TransportRebuildsTheHeaderThatArrived) {
  const auto engine = make_software_engine();
  const SaHandle out = engine->install(make_sa(Direction::kOut, Mode::kTransport));
  engine->install(make_sa(Direction::kIn, Mode::kTransport));
  Bytes wire = send(*engine, out, clear_packet(Mode::kTransport, 40)).data;
  wire[1] = 0x03;  // ECN mark and TTL as routers on the way leave them
  wire[8] = 60;
  fix_checksum(wire);
  Bytes expected = clear_packet(Mode::kTransport, 40);
  expected[1] = 0x03;
  expected[8] = 60;
  fix_checksum(expected);
  EXPECT_EQ(receive(*engine, wire).data, expected);
}

TEST(SoftwareEngine, LongPaddingOfAnotherSenderIsTaken) {
  const auto engine = make_software_engine();
  const SaConfig sa = make_sa(Direction::kIn, Mode::kTransport);
  engine->install(sa);
  Bytes plain = counting(3);
  const Bytes pad = counting(255, 1);
  plain.insert(plain.end(), pad.begin(), pad.end());
  plain.insert(plain.end(), {255, 17});
  const Result got = receive(*engine, seal_by_hand(sa, 1, plain));
  ASSERT_EQ(got.status, abi::kOk);
  EXPECT_EQ(got.data, ipv4("192.0.2.1", "198.51.100.1", 17, counting(3)));
}

TEST(SoftwareEngine, CountsPacketsAndClearBytes) {
  const auto engine = make_software_engine();
  const SaHandle out = engine->install(make_sa(Direction::kOut, Mode::kTunnel));
  const SaHandle in = engine->install(make_sa(Direction::kIn, Mode::kTunnel));
  for (int i = 0; i < 3; ++i) receive(*engine, send(*engine, out, clear_packet(Mode::kTunnel, 80)).data);
  send(*engine, out, counting(10));
  for (const SaStats& s : {engine->stats(Direction::kOut, out), engine->stats(Direction::kIn, in)}) {
    EXPECT_EQ(s.seq, 3u);
    EXPECT_EQ(s.packets, 3u);
    EXPECT_EQ(s.bytes, 300u);
  }
  const EngineCounters c = engine->counters(Direction::kOut);
  EXPECT_EQ(c.packets, 4u);
  EXPECT_EQ(c.bytes, 300u);
  EXPECT_EQ(c.by_reason[abi::kOk], 3u);
  EXPECT_EQ(c.by_reason[abi::kDropShort], 1u);
}

TEST(SoftwareEngine, ABatchKeepsItsOrder) {
  const auto engine = make_software_engine();
  const SaHandle out = engine->install(make_sa(Direction::kOut, Mode::kTunnel));
  engine->install(make_sa(Direction::kIn, Mode::kTunnel));
  std::vector<Bytes> clear;
  for (size_t i = 0; i < 300; ++i) clear.push_back(clear_packet(Mode::kTunnel, i * 7 % 1400));
  std::vector<PacketIn> in;
  for (const Bytes& p : clear) in.push_back({p, out});
  std::vector<PacketOut> sealed;
  engine->process(Direction::kOut, in, sealed);
  in.clear();
  for (const PacketOut& p : sealed) in.push_back({p.data});
  std::vector<PacketOut> opened;
  engine->process(Direction::kIn, in, opened);
  for (size_t i = 0; i < clear.size(); ++i) {
    ASSERT_EQ(opened[i].status, abi::kOk);
    ASSERT_EQ(Bytes(opened[i].data.begin(), opened[i].data.end()), clear[i]);
  }
}

TEST(SoftwareEngine, TakesAFullTableAndThenSaysSo) {
  const auto engine = make_software_engine();
  std::vector<SaHandle> handles;
  for (uint32_t i = 0; i < kMaxSas; ++i)
    handles.push_back(engine->install(make_sa(Direction::kIn, Mode::kTunnel, 0x100 + i)));
  try {
    engine->install(make_sa(Direction::kIn, Mode::kTunnel, 0x90000));
    FAIL() << "took one more than fits";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kUnavailable);
  }
  engine->remove(Direction::kIn, handles[17]);
  EXPECT_EQ(engine->install(make_sa(Direction::kIn, Mode::kTunnel, 0x90000)).index, handles[17].index);
}

TEST(SoftwareEngine, RefusesASecondInboundSaOfTheSameName) {
  const auto engine = make_software_engine();
  engine->install(make_sa(Direction::kIn, Mode::kTunnel));
  try {
    engine->install(make_sa(Direction::kIn, Mode::kTransport));
    FAIL() << "took it";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kExists);
  }
}

TEST(SoftwareEngine, AHandleOfARemovedSaIsDead) {
  const auto engine = make_software_engine();
  const SaHandle old = engine->install(make_sa(Direction::kOut, Mode::kTunnel));
  engine->remove(Direction::kOut, old);
  EXPECT_THROW(engine->remove(Direction::kOut, old), Error);
  EXPECT_THROW(engine->stats(Direction::kOut, old), Error);
  EXPECT_THROW(engine->extend(old, 5), Error);
}

TEST(SoftwareEngine, ALeaseEndsAndIsExtended) {
  const auto engine = make_software_engine();
  SaConfig config = make_sa(Direction::kOut, Mode::kTunnel);
  config.seq = 10;
  config.seq_limit = 12;
  const SaHandle sa = engine->install(config);
  const Bytes clear = clear_packet(Mode::kTunnel, 8);
  EXPECT_EQ(send(*engine, sa, clear).seq, 11u);
  EXPECT_EQ(send(*engine, sa, clear).seq, 12u);
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kDropSeqExhausted);
  engine->extend(sa, 13);
  EXPECT_EQ(send(*engine, sa, clear).seq, 13u);
  EXPECT_EQ(send(*engine, sa, clear).status, abi::kDropSeqExhausted);
  EXPECT_THROW(engine->extend(sa, uint64_t{1} << 32), Error);
}

}  // namespace
}  // namespace xesp::test
