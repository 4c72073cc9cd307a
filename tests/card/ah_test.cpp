// SPDX-License-Identifier: Apache-2.0
// AH (RFC 4302) with AES-GMAC: what the card makes of it, beside the software engine. IP options and extension headers
// are for software, and the card says so.
#include <gtest/gtest.h>

#include "side_by_side.h"

namespace xesp::test {
namespace {

class Ah : public SideBySide {
 protected:
  struct Form {
    Mode mode;
    bool v6;
    bool esn;
  };
  static std::vector<Form> forms() {
    std::vector<Form> list;
    for (const Mode mode : {Mode::kTunnel, Mode::kTransport})
      for (const bool v6 : {false, true})
        for (const bool esn : {false, true}) list.push_back({mode, v6, esn});
    return list;
  }
  static SaConfig make(Direction direction, const Form& form, uint32_t spi, size_t key_bytes = 32) {
    SaConfig sa = make_sa(direction, form.mode, spi);
    sa.proto = 51;
    sa.auth_only = true;
    sa.key = Secret(counting(key_bytes, static_cast<uint8_t>(spi)));
    if (form.v6) {
      sa.src = IpAddress::parse("2001:db8::1");
      sa.dst = IpAddress::parse("2001:db8::2");
    }
    sa.esn = form.esn;
    if (form.esn) sa.seq = direction == Direction::kOut ? 0x2fffffff0ull : 0x2ffffff00ull;
    return sa;
  }
  // What the SA protects: between its own ends in transport mode.
  static Bytes clear_for(const Form& form, size_t payload, uint8_t fill = 0) {
    const Bytes data = counting(payload, fill);
    if (form.v6) return ipv6("2001:db8::1", "2001:db8::2", 17, data);
    return ipv4("192.0.2.1", "198.51.100.1", 17, data);
  }
  static size_t header_bytes(const Form& form) { return form.v6 ? 80 : 56; }

  // Packets through the outbound side of both; what left, the same from both.
  std::vector<Bytes> protect(Pair sa, const std::vector<Bytes>& clear) {
    std::vector<PacketIn> a(clear.size()), b(clear.size());
    for (size_t i = 0; i < clear.size(); ++i) {
      a[i] = {clear[i], sa.card};
      b[i] = {clear[i], sa.reference};
    }
    std::vector<PacketOut> got, want;
    card->process(Direction::kOut, a, got);
    reference->process(Direction::kOut, b, want);
    std::vector<Bytes> wire;
    for (size_t i = 0; i < clear.size(); ++i) {
      EXPECT_EQ(got[i].status, abi::kOk) << "packet " << i;
      EXPECT_EQ(got[i].seq, want[i].seq) << "packet " << i;
      wire.emplace_back(want[i].data.begin(), want[i].data.end());
      EXPECT_EQ(Bytes(got[i].data.begin(), got[i].data.end()), wire.back()) << "packet " << i;
    }
    return wire;
  }
};

// Any length of payload, to a byte; SAs of every form follow each other.
TEST_F(Ah, EveryLengthInEveryForm) {
  std::vector<Form> all = forms();
  std::vector<Pair> senders;
  uint32_t spi = 0x5100;
  for (const Form& form : all) {
    const size_t key_bytes = 16 + 8 * (spi % 3);
    senders.push_back(both(make(Direction::kOut, form, ++spi, key_bytes)));
    SaConfig in = make(Direction::kIn, form, spi, key_bytes);
    both(in);
  }
  std::vector<size_t> lengths;
  for (size_t n = 0; n <= 200; ++n) lengths.push_back(n);
  for (size_t n = 1395; n <= 1500; n += 7) lengths.push_back(n);
  for (const size_t n : {8900, 9000, 9001, 9002, 9003}) lengths.push_back(n);
  for (size_t k = 0; k < all.size(); ++k) {
    std::vector<Bytes> clear;
    for (const size_t n : lengths) clear.push_back(clear_for(all[k], n, static_cast<uint8_t>(n)));
    const std::vector<Bytes> wire = protect(senders[k], clear);
    const std::vector<Outcome> opened = same(Direction::kIn, wire);
    ASSERT_EQ(opened.size(), clear.size());
    for (size_t i = 0; i < opened.size(); ++i)
      ASSERT_EQ(opened[i].status, abi::kOk) << "form " << k << ", payload " << lengths[i];
    const size_t inner = all[k].mode == Mode::kTunnel ? clear[9].size() : 9;
    EXPECT_EQ(wire[9].size(), header_bytes(all[k]) + inner) << "no padding, no trailer";
  }
}

// A change on the way to what is mutable goes through; to anything else it does not.
TEST_F(Ah, EveryBitOfThePacket) {
  uint32_t spi = 0x5200;
  for (const Form& form : forms()) {
    const Pair sender = both(make(Direction::kOut, form, ++spi));
    SaConfig in = make(Direction::kIn, form, spi);
    in.replay_window = form.esn ? 128 : 0;
    in.ecn = false;  // a changed TOS says nothing inside
    both(in);
    const Bytes good = protect(sender, {clear_for(form, 37)})[0];
    std::vector<Bytes> immutable, mutable_fields;
    for (size_t bit = 0; bit < good.size() * 8; ++bit) {
      const size_t byte = bit / 8;
      if (byte == 0 && bit % 8 < 4 && !form.v6) continue;  // the header's length: as with options, below
      const bool fragment = !form.v6 && (byte == 7 || (byte == 6 && bit % 8 < 6));
      const bool v6_mutable = byte == 1 || byte == 2 || byte == 3 || byte == 7 || (byte == 0 && bit % 8 < 4);
      const bool v4_mutable = byte == 1 || (byte == 6 && bit % 8 >= 6) || byte == 8 || byte == 10 || byte == 11;
      Bytes b = good;
      b[byte] ^= static_cast<uint8_t>(1u << (bit % 8));
      const bool passes = !fragment && (form.v6 ? v6_mutable : v4_mutable);
      (passes ? mutable_fields : immutable).push_back(std::move(b));
    }
    for (const Outcome& o : same(Direction::kIn, immutable)) EXPECT_NE(o.status, abi::kOk);
    const std::vector<Outcome> passed = same(Direction::kIn, mutable_fields);
    for (size_t i = 0; i < passed.size(); ++i)
      EXPECT_EQ(passed[i].status, form.esn && i > 0 ? abi::kDropReplay : abi::kOk) << "mutable bit " << i;
  }
}

TEST_F(Ah, CutAtEachByteAndWithWrongLengths) {
  uint32_t spi = 0x5300;
  for (const Form& form : forms()) {
    const Pair sender = both(make(Direction::kOut, form, ++spi));
    both(make(Direction::kIn, form, spi));
    const Bytes good = protect(sender, {clear_for(form, 90)})[0];
    std::vector<Bytes> packets;
    for (size_t n = 0; n < good.size(); ++n) {
      packets.emplace_back(good.begin(), good.begin() + static_cast<ptrdiff_t>(n));
      packets.push_back(packets.back());
      fix_length(packets.back());
    }
    for (const unsigned length : {0u, 4u, 6u, 7u, 8u, 9u, 255u}) {
      packets.push_back(good);
      packets.back()[form.v6 ? 41 : 21] = static_cast<uint8_t>(length);
    }
    for (const unsigned reserved : {1u, 128u}) {
      packets.push_back(good);
      packets.back()[form.v6 ? 42 : 22] = static_cast<uint8_t>(reserved);
    }
    packets.push_back(good);
    const std::vector<Outcome> outcomes = same(Direction::kIn, packets);
    ASSERT_EQ(outcomes.size(), packets.size());
    for (size_t i = 0; i < good.size() * 2; ++i) EXPECT_NE(outcomes[i].status, abi::kOk);
    EXPECT_EQ(outcomes[good.size() * 2].status, abi::kDropLength);
  }
}

// The same SPI and destination, once for ESP and once for AH: two SAs (RFC 4301 4.1).
TEST_F(Ah, ProtocolIsPartOfTheName) {
  const Form form{Mode::kTunnel, false, false};
  const Pair ah = both(make(Direction::kOut, form, 0x5400));
  const Pair esp = both(make_sa(Direction::kOut, Mode::kTunnel, 0x5400, 7));
  const SaConfig ah_in = make(Direction::kIn, form, 0x5400), esp_in = make_sa(Direction::kIn, Mode::kTunnel, 0x5400, 7);
  const Bytes clear = clear_for(form, 50);
  const Bytes by_ah = protect(ah, {clear})[0], by_esp = protect(esp, {clear})[0];
  const Pair installed = both(ah_in);
  EXPECT_EQ(reasons(same(Direction::kIn, {by_ah, by_esp})), (std::vector{abi::kOk, abi::kDropNoSa}));
  both(esp_in);
  EXPECT_EQ(reasons(same(Direction::kIn, {by_ah, by_esp})), (std::vector{abi::kDropReplay, abi::kOk}));
  remove(Direction::kIn, installed);
  EXPECT_EQ(reasons(same(Direction::kIn, {by_ah, by_esp})), (std::vector{abi::kDropNoSa, abi::kDropReplay}));
}

// Next headers: 59 is a dummy in ESP, and nothing special here.
TEST_F(Ah, NextHeaders) {
  uint32_t spi = 0x5500;
  for (const bool v6 : {false, true}) {
    const Form transport{Mode::kTransport, v6, false}, tunnel{Mode::kTunnel, v6, false};
    const Pair sender = both(make(Direction::kOut, transport, ++spi));
    both(make(Direction::kIn, transport, spi));
    std::vector<Bytes> clear;
    for (const uint8_t protocol : {1, 6, 17, 50, 51, 58, 59, 4, 41}) {
      clear.push_back(clear_for(transport, 33));
      clear.back()[v6 ? 6 : 9] = protocol;
      if (!v6) fix_checksum(clear.back());
    }
    for (const Outcome& o : same(Direction::kIn, protect(sender, clear))) EXPECT_EQ(o.status, abi::kOk);

    // What is authentic and no packet inside: transport's payload at a tunnel's end.
    SaConfig as_tunnel = make(Direction::kIn, tunnel, ++spi);
    const Pair other = both(make(Direction::kOut, transport, spi));
    both(as_tunnel);
    const std::vector<Outcome> refused = same(Direction::kIn, protect(other, clear));
    for (size_t i = 0; i < refused.size(); ++i)
      EXPECT_EQ(refused[i].status, i < 7 ? abi::kDropNextHeader : abi::kDropInner) << "packet " << i;
  }
}

// A dummy packet is ESP's; it takes no number.
TEST_F(Ah, HasNoDummies) {
  const Pair sa = both(make(Direction::kOut, {Mode::kTunnel, false, false}, 0x5600));
  const Bytes clear = clear_for({Mode::kTunnel, false, false}, 10);
  for (const auto& [engine, handle] : {std::pair{card.get(), sa.card}, std::pair{reference.get(), sa.reference}}) {
    const PacketIn in[] = {{clear, handle, true}};
    std::vector<PacketOut> out;
    engine->process(Direction::kOut, in, out);
    EXPECT_EQ(out[0].status, abi::kDropBadDescriptor);
    EXPECT_EQ(engine->stats(Direction::kOut, handle).seq, 0u);
  }
}

// What the card leaves to software, and never passes.
TEST_F(Ah, OptionsAndExtensionHeadersAreForSoftware) {
  uint32_t spi = 0x5700;
  for (const bool v6 : {false, true}) {
    const Form form{Mode::kTransport, v6, false};
    const SaConfig out = make(Direction::kOut, form, ++spi);
    const SaHandle sender = reference->install(out), on_card = card->install(out);
    card->install(make(Direction::kIn, form, spi));
    const Bytes clear = v6 ? ipv6("2001:db8::1", "2001:db8::2", 17, counting(20), {{60, {0, 1, 4, 0, 0, 0, 0}}})
                           : ipv4_with_options("192.0.2.1", "198.51.100.1", 17, {1, 1, 1, 0}, counting(20));
    EXPECT_EQ(send(*card, on_card, clear).status, abi::kDropIpOptions);
    EXPECT_EQ(card->stats(Direction::kOut, on_card).seq, 0u) << "no number is taken";
    const Result wire = send(*reference, sender, clear);
    ASSERT_EQ(wire.status, abi::kOk);
    const Result refused = receive(*card, wire.data);
    EXPECT_EQ(refused.status, abi::kDropIpOptions);
    EXPECT_TRUE(refused.data.empty());
  }
}

// The longest packets wait for their ICV while others are behind them: AH has it in front of the text.
TEST_F(Ah, LongPacketsBetweenShortOnes) {
  const Form form{Mode::kTunnel, true, true};
  const Pair ah = both(make(Direction::kOut, form, 0x5800));
  const Pair esp = both(make_sa(Direction::kOut, Mode::kTunnel, 0x5801));
  std::vector<Bytes> packets;
  std::vector<PacketIn> to_card, to_reference;
  const size_t longest = abi::kMaxPacketBytes - 80 - 40;
  for (size_t i = 0; i < 40; ++i) packets.push_back(clear_for(form, i % 3 == 0 ? longest - i % 2 : 20 + i));
  packets.push_back(clear_for(form, longest + 1));
  for (size_t i = 0; i < packets.size(); ++i) {
    const Pair sa = i % 4 == 1 ? esp : ah;
    to_card.push_back({packets[i], sa.card});
    to_reference.push_back({packets[i], sa.reference});
  }
  std::vector<PacketOut> got, want;
  card->process(Direction::kOut, to_card, got);
  reference->process(Direction::kOut, to_reference, want);
  for (size_t i = 0; i < packets.size(); ++i) {
    ASSERT_EQ(got[i].status, want[i].status) << "packet " << i;
    ASSERT_EQ(got[i].status, i + 1 < packets.size() ? abi::kOk : abi::kDropOutputTooBig);
    ASSERT_TRUE(std::ranges::equal(got[i].data, want[i].data)) << "packet " << i;
  }
}

}  // namespace
}  // namespace xesp::test
