// SPDX-License-Identifier: Apache-2.0
// Bad input: the card gives the same reason as the reference, counts it, and goes on.
#include <gtest/gtest.h>

#include <random>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

Bytes first_bytes(const Bytes& packet, size_t n) {
  return Bytes(packet.begin(), packet.begin() + static_cast<ptrdiff_t>(n));
}

// Card and reference side by side, with one SA of each mode and direction.
class Drops : public testing::Test {
 protected:
  std::unique_ptr<Engine> card = make_engine_under_test(test_seed());
  std::unique_ptr<Engine> reference = make_software_engine();
  SaConfig tunnel_in = make_sa(Direction::kIn, Mode::kTunnel, 0x1001, 1);
  SaConfig transport_in = make_sa(Direction::kIn, Mode::kTransport, 0x1002, 2);
  struct Pair {
    SaHandle card, reference;
  };
  Pair both(const SaConfig& sa) { return {card->install(sa), reference->install(sa)}; }
  Pair tunnel_out = both(make_sa(Direction::kOut, Mode::kTunnel, 0x1001, 1));
  Pair transport_out = both(make_sa(Direction::kOut, Mode::kTransport, 0x1002, 2));
  Pair tunnel_back = both(tunnel_in);
  Pair transport_back = both(transport_in);

  void expect_same(Direction direction, const std::vector<Bytes>& packets, Pair sa = {}) {
    std::vector<PacketIn> a(packets.size()), b(packets.size());
    for (size_t i = 0; i < packets.size(); ++i) {
      a[i] = {packets[i], sa.card};
      b[i] = {packets[i], sa.reference};
    }
    std::vector<PacketOut> got, want;
    card->process(direction, a, got);
    reference->process(direction, b, want);
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < packets.size(); ++i) {
      ASSERT_EQ(got[i].status, want[i].status) << "packet " << i << ": card " << drop_counter_name(got[i].status)
                                               << ", reference " << drop_counter_name(want[i].status);
      ASSERT_EQ(Bytes(got[i].data.begin(), got[i].data.end()), Bytes(want[i].data.begin(), want[i].data.end()))
          << "packet " << i;
    }
    const EngineCounters c = card->counters(direction), r = reference->counters(direction);
    EXPECT_EQ(c.by_reason, r.by_reason);
  }
};

TEST_F(Drops, TruncatedAtEachByte) {
  const Bytes clear = ipv4("192.0.2.1", "198.51.100.1", 17, counting(90));
  const Bytes sealed = send(*reference, tunnel_out.reference, clear).data;
  send(*card, tunnel_out.card, clear);
  std::vector<Bytes> cut, cut_fixed;
  for (size_t n = 0; n < sealed.size(); ++n) {
    cut.push_back(first_bytes(sealed, n));
    if (n >= 20) {  // the same with a length field that fits
      cut_fixed.push_back(cut.back());
      fix_length(cut_fixed.back());
    }
  }
  expect_same(Direction::kIn, cut);
  expect_same(Direction::kIn, cut_fixed);
  std::vector<Bytes> cut_clear;
  for (size_t n = 0; n < clear.size(); ++n) cut_clear.push_back(first_bytes(clear, n));
  expect_same(Direction::kOut, cut_clear, tunnel_out);
  expect_same(Direction::kIn, {sealed});
}

TEST_F(Drops, TruncatedAtEachByteWithEveryIcv) {
  uint32_t spi = 0x3000;
  for (const unsigned bits : {64, 96, 128, 0}) {  // 0: AES-GMAC with a short key
    SaConfig sa = make_sa(Direction::kIn, Mode::kTransport, ++spi, 9);
    sa.auth_only = bits == 0;
    sa.icv_bits = sa.auth_only ? 128 : bits;
    if (sa.auth_only) sa.key = Secret(counting(16, 9));
    both(sa);
    Bytes plain = counting(42);
    plain.insert(plain.end(), {0, 17});
    const Bytes sealed = seal_by_hand(sa, 1, plain);
    std::vector<Bytes> cut;
    for (size_t n = 20; n <= sealed.size(); ++n) {
      cut.push_back(first_bytes(sealed, n));
      fix_length(cut.back());
    }
    expect_same(Direction::kIn, cut);
  }
}

// Every header that a packet may have in front: cut at each byte, with the length fields as they were and brought
// along, and with absurd ones.
TEST_F(Drops, EveryFormTruncatedAndWithAbsurdLengths) {
  uint32_t spi = 0x4000;
  for (const Mode mode : {Mode::kTunnel, Mode::kTransport})
    for (const bool v6 : {false, true})
      for (const bool encap : {false, true})
        for (const bool implicit_iv : {false, true}) {
          SaConfig out = make_sa(Direction::kOut, mode, ++spi, 4);
          if (v6) out.src = IpAddress::parse("2001:db8::1"), out.dst = IpAddress::parse("2001:db8::2");
          if (encap) out.encap = UdpEncap{};
          out.implicit_iv = implicit_iv;
          SaConfig in = out.clone();
          in.direction = Direction::kIn;
          both(in);
          const SaHandle sender = reference->install(out);
          const Bytes clear = v6 ? ipv6("2001:db8::1", "2001:db8::2", 17, counting(50), {extension(60, 1)})
                                 : ipv4_with_options("192.0.2.1", "198.51.100.1", 17, counting(8), counting(50));
          const Bytes sealed = send(*reference, sender, clear).data;
          ASSERT_FALSE(sealed.empty());
          std::vector<Bytes> packets;
          for (size_t n = 0; n < sealed.size(); ++n) {
            packets.push_back(first_bytes(sealed, n));
            packets.push_back(packets.back());
            fix_length(packets.back());
          }
          const size_t lengths[] = {v6 ? 4u : 2u,
                                    v6 ? (mode == Mode::kTunnel ? 44u : 52u) : (mode == Mode::kTunnel ? 24u : 32u)};
          for (const size_t at : lengths)  // the IP header's, and UDP's where it has one
            for (const unsigned length : {0u, 1u, 7u, 0x7fffu, 0x8000u, 0xfff0u, 0xffffu}) {
              packets.push_back(sealed);
              packets.back()[at] = static_cast<uint8_t>(length >> 8);
              packets.back()[at + 1] = static_cast<uint8_t>(length);
            }
          packets.push_back(sealed);  // and the card goes on
          expect_same(Direction::kIn, packets);
          EXPECT_GT(card->counters(Direction::kIn).by_reason[abi::kOk], 0u);
        }
}

TEST_F(Drops, ReservedSpisAndIcvsOfAnotherSize) {
  std::vector<Bytes> packets;
  for (uint32_t spi = 0; spi < 256; ++spi) {
    SaConfig nobody = make_sa(Direction::kIn, Mode::kTransport, spi, 2);
    packets.push_back(seal_by_hand(nobody, 1, {1, 2, 2, 17}));
  }
  expect_same(Direction::kIn, packets);
  EXPECT_EQ(card->counters(Direction::kIn).by_reason[abi::kDropNoSa], 256u);
  packets.clear();
  for (const unsigned bits : {64, 96}) {
    SaConfig other = transport_in.clone();
    other.icv_bits = bits;
    for (size_t n = 0; n < 70; n += 4) {
      Bytes plain = counting(n + 2);
      plain.insert(plain.end(), {0, 17});
      packets.push_back(seal_by_hand(other, static_cast<uint32_t>(n + bits), plain));
    }
  }
  expect_same(Direction::kIn, packets);
  EXPECT_EQ(card->counters(Direction::kIn).by_reason[abi::kOk], 0u);
}

TEST_F(Drops, HeadersOfEveryKind) {
  std::mt19937_64 random(test_seed());
  const size_t packets = engine_is_rtl() ? 400 : 4000;
  std::vector<Bytes> out_packets, in_packets;
  const SaConfig* sas[] = {&tunnel_in, &transport_in};
  for (size_t i = 0; i < packets; ++i) {
    Bytes clear = ipv4("192.0.2.1", "198.51.100.1", random() % 2 ? 17 : 50, counting(random() % 200));
    Bytes sealed = seal_by_hand(*sas[random() % 2], static_cast<uint32_t>(i + 1), [&] {
      Bytes plain = ipv4("10.1.0.1", "10.2.0.1", 17, counting(random() % 100));
      while (plain.size() % 4 != 2) plain.push_back(1);
      plain.push_back(0);
      plain.push_back(random() % 4 ? 4 : static_cast<uint8_t>(random()));
      return plain;
    }());
    for (Bytes* p : {&clear, &sealed}) {
      if (random() % 3 == 0) (*p)[random() % 20] = static_cast<uint8_t>(random());
      if (random() % 3 == 0) (*p)[random() % 20] ^= static_cast<uint8_t>(1u << random() % 8);
      if (random() % 8 == 0) (*p)[9] = kProtoAh;
      // The card refuses AH behind options before it looks further, software does not:
      // OptionsAndExtensionHeadersAreForSoftware.
      if ((*p)[9] == kProtoAh && ((*p)[0] & 0xf) > 5) (*p)[0] = 0x45;
    }
    out_packets.push_back(std::move(clear));
    in_packets.push_back(std::move(sealed));
  }
  expect_same(Direction::kOut, out_packets, tunnel_out);
  expect_same(Direction::kOut, out_packets, transport_out);
  expect_same(Direction::kIn, in_packets);
}

TEST_F(Drops, PaddingOfEveryLengthRightAndWrong) {
  std::vector<Bytes> packets;
  uint32_t seq = 0;
  for (size_t pad = 0; pad < 256; ++pad) {
    for (const size_t data : {0, 1, 2, 3, 62, 63, 64, 65}) {
      Bytes plain = counting(data, 0x80);
      const Bytes run = counting(pad, 1);
      plain.insert(plain.end(), run.begin(), run.end());
      plain.push_back(static_cast<uint8_t>(pad));
      plain.push_back(17);
      if (plain.size() % 4 != 0) continue;
      packets.push_back(seal_by_hand(transport_in, ++seq, plain));
      if (pad == 0) continue;
      Bytes wrong = plain;  // one pad byte off: first, last, one between
      const size_t places[] = {data, data + pad - 1, data + pad / 2};
      wrong[places[seq % 3]] ^= 0x40;
      packets.push_back(seal_by_hand(transport_in, ++seq, wrong));
    }
  }
  // Pad length beyond the packet, and all of it padding.
  packets.push_back(seal_by_hand(transport_in, ++seq, {1, 2, 3, 17}));
  packets.push_back(seal_by_hand(transport_in, ++seq, {1, 2, 255, 17}));
  packets.push_back(seal_by_hand(transport_in, ++seq, {1, 2, 2, 17}));
  expect_same(Direction::kIn, packets);
}

TEST_F(Drops, PaddingIsNotContinuedFromThePacketBefore) {
  // Both beats of the first packet end in a run 1, 2, 3. The second packet is one beat that goes on with 4, 5, ... and
  // claims it all.
  Bytes first = counting(61, 0x80);
  first.insert(first.end(), {1, 2, 3, 0x55, 0x55, 0x55, 1, 2, 3, 3, 17});
  Bytes second = counting(62, 4);
  second.insert(second.end(), {65, 17});
  ASSERT_EQ(first.size() % 4, 0u);
  expect_same(Direction::kIn, {seal_by_hand(transport_in, 1, first), seal_by_hand(transport_in, 2, second)});
  EXPECT_EQ(card->counters(Direction::kIn).by_reason[abi::kDropPadding], 1u);
}

TEST_F(Drops, InnerHeadersAndNextHeaders) {
  std::vector<Bytes> packets;
  uint32_t seq = 0;
  const Bytes inner = ipv4("10.1.0.1", "10.2.0.1", 17, counting(42));
  for (unsigned next = 0; next < 256; ++next) {
    Bytes plain = inner;
    plain.push_back(0);
    plain.push_back(static_cast<uint8_t>(next));
    packets.push_back(seal_by_hand(tunnel_in, ++seq, plain));
    packets.push_back(seal_by_hand(transport_in, seq, plain));
  }
  for (const unsigned first : {0x45, 0x46, 0x44, 0x55, 0x60, 0x00}) {
    for (const int off : {0, -1, 1, 256}) {
      Bytes plain = inner;
      plain[0] = static_cast<uint8_t>(first);
      const size_t length = inner.size() + static_cast<size_t>(off);
      plain[2] = static_cast<uint8_t>(length >> 8);
      plain[3] = static_cast<uint8_t>(length);
      plain.push_back(0);
      plain.push_back(4);
      packets.push_back(seal_by_hand(tunnel_in, ++seq, plain));
    }
  }
  for (const size_t n : {2, 6, 18}) {  // an inner packet shorter than a header
    Bytes plain(inner.begin(), inner.begin() + static_cast<ptrdiff_t>(n));
    plain.push_back(0);
    plain.push_back(4);
    packets.push_back(seal_by_hand(tunnel_in, ++seq, plain));
  }
  expect_same(Direction::kIn, packets);
}

TEST_F(Drops, StaleUnknownAndExhaustedSas) {
  const Bytes clear = ipv4("192.0.2.1", "198.51.100.1", 17, counting(30));
  expect_same(Direction::kOut, {clear}, {{1000, 0}, {1000, 0}});
  expect_same(Direction::kOut, {clear}, {{0xffff, 1}, {0xffff, 1}});
  Pair stale = tunnel_out;
  ++stale.card.generation;
  ++stale.reference.generation;
  expect_same(Direction::kOut, {clear}, stale);

  SaConfig short_lease = make_sa(Direction::kOut, Mode::kTunnel, 0x1003, 3);
  short_lease.seq = 0xfffffff0u;
  short_lease.seq_limit = 0xfffffff2u;
  const Pair leased = both(short_lease);
  expect_same(Direction::kOut, {clear, clear, clear, clear}, leased);
  EXPECT_EQ(card->stats(Direction::kOut, leased.card).seq, 0xfffffff2u);
  card->extend(leased.card, 0xfffffff3u);
  reference->extend(leased.reference, 0xfffffff3u);
  expect_same(Direction::kOut, {clear, clear}, leased);
  EXPECT_EQ(card->stats(Direction::kOut, leased.card).seq, 0xfffffff3u);

  card->remove(Direction::kOut, tunnel_out.card);
  reference->remove(Direction::kOut, tunnel_out.reference);
  expect_same(Direction::kOut, {clear}, tunnel_out);
}

}  // namespace
}  // namespace xesp::test
