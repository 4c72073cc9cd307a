// SPDX-License-Identifier: Apache-2.0
// Commands as a wrong host might send them, straight at the card's batch interface: refused, counted, and of no effect.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "gcm/hash_powers.h"
#include "gcm/openssl_aead.h"
#include "native_card.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {
namespace {

constexpr uint16_t kIndex = 7;

class Commands : public testing::Test {
 protected:
  sim::NativeCard card;
  SaConfig sa = make_sa(Direction::kIn, Mode::kTunnel);
  Bytes sealed = seal_by_hand(sa, 1, [] {
    Bytes plain = ipv4("10.1.0.1", "10.2.0.1", 17, counting(2));
    plain.insert(plain.end(), {0, 4});
    return plain;
  }());

  // One descriptor with this input; its status.
  abi::Completion run(Direction direction, abi::Desc d, const void* data = nullptr, size_t size = 0) {
    if (size != 0) std::memcpy(card.in(direction).data(), data, size);
    d.out_cap = abi::kMaxPacketBytes / 64 * 64;
    card.desc(direction)[0] = d;
    card.run(direction, 1, size, d.out_cap);
    return card.completions(direction)[0];
  }
  uint8_t command(Direction direction, uint8_t op, uint16_t index, const void* data = nullptr, size_t size = 0) {
    abi::Desc d{};
    d.op = op;
    d.sa_index = index;
    d.in_len = static_cast<uint32_t>(size);
    return run(direction, d, data, size).status;
  }
  // The result of the run's only descriptor.
  Bytes result(Direction direction) {
    const abi::Completion& c = card.completions(direction)[0];
    const auto beats = card.out(direction).first(abi::bytes_in_memory(c));
    Bytes whole(beats.begin(), beats.end());
    whole.insert(whole.end(), c.tail, c.tail + (c.out_len - beats.size()));
    return whole;
  }
  uint8_t receive() {
    abi::Desc d{};
    d.op = abi::kOpPacket;
    d.in_len = static_cast<uint32_t>(sealed.size());
    return run(Direction::kIn, d, sealed.data(), sealed.size()).status;
  }

  static inline uint32_t epoch = 0;  // of this process: a card keeps its rows from one test to the next
  abi::SaEntry entry(uint32_t flags) {
    abi::SaEntry e{};
    const gcm::HashPowers h(sa.key.bytes());
    std::ranges::copy(sa.key.bytes(), e.key);
    std::ranges::copy(sa.salt.bytes(), e.salt);
    uint8_t* const powers[] = {e.h1, e.h2, e.h3, e.h4, e.h5, e.h6};
    for (size_t i = 0; i < h.power.size(); ++i) std::ranges::copy(h.power[i], powers[i]);
    e.flags = flags;
    e.soft_packets = e.hard_packets = e.soft_bytes = e.hard_bytes = abi::kNoLimit;
    e.window = abi::kReplayWindow;
    e.window_rows = abi::window_row_bits(abi::kReplayWindow);
    e.window_epoch = ++epoch;
    return e;
  }
  abi::LookupSlot slot(bool valid) {
    abi::LookupSlot s{};
    s.way = 2;
    s.valid = valid;
    s.sa_index = kIndex;
    s.proto = 50;
    for (int i = 0; i < 4; ++i) s.spi_be[i] = static_cast<uint8_t>(sa.spi >> (24 - 8 * i));
    std::ranges::copy(sa.dst.bytes, s.dst_be);
    s.row = static_cast<uint16_t>(abi::lookup_row(s.way, s.spi_be, s.dst_be, s.proto));
    return s;
  }
  void install() {
    const abi::SaEntry e = entry(abi::kSaValid | abi::kSaTunnel | abi::kSaInbound);
    ASSERT_EQ(command(Direction::kIn, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kOk);
    const abi::LookupSlot s = slot(true);
    ASSERT_EQ(command(Direction::kIn, abi::kOpLookupWrite, 0, &s, sizeof s), abi::kOk);
  }
};

// What RFC 4106 5 and RFC 4543 3.3 authenticate in front of the text, with an extended number.
Bytes extended_aad(uint32_t spi, uint64_t number, const uint8_t* iv, bool gmac) {
  Bytes aad;
  for (int shift = 24; shift >= 0; shift -= 8) aad.push_back(static_cast<uint8_t>(spi >> shift));
  for (int shift = 56; shift >= 0; shift -= 8) aad.push_back(static_cast<uint8_t>(number >> shift));
  if (gmac) aad.insert(aad.end(), iv, iv + 8);
  return aad;
}

// Entries with kSaEsn, before the host knows the flag: with AES-GMAC 20 bytes stand in front of the text, so packets
// whose text ends with a beat or just before are the ones to look at. Each is a run of its own: nothing comes behind
// it.
TEST_F(Commands, ExtendedNumbersAreAuthenticated) {
  constexpr uint64_t kBefore = 0x500000006;
  for (const bool gmac : {false, true}) {
    const uint32_t flags = abi::kSaValid | abi::kSaTunnel | abi::kSaEsn | (gmac ? abi::kSaGmac : 0u);
    abi::SaEntry e = entry(flags);
    for (int i = 0; i < 4; ++i) e.spi_be[i] = static_cast<uint8_t>(sa.spi >> (24 - 8 * i));
    e.ttl = 64;
    e.seq = kBefore;
    e.seq_limit = kBefore + 1000;
    e.soft_packets = e.hard_packets = e.soft_bytes = e.hard_bytes = abi::kNoLimit;
    ASSERT_EQ(command(Direction::kOut, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kOk);
    Bytes nonce(sa.salt.bytes().begin(), sa.salt.bytes().end());
    nonce.resize(12);
    gcm::OpensslAead aead(gcm::Aead::Use::kSeal, sa.key.bytes());
    uint64_t number = kBefore;
    for (size_t payload = 0; payload < 140; ++payload) {
      const Bytes clear = ipv4("10.1.0.1", "10.2.0.1", 17, counting(payload));
      abi::Desc d{};
      d.op = abi::kOpPacket;
      d.sa_index = kIndex;
      d.in_len = static_cast<uint32_t>(clear.size());
      const abi::Completion c = run(Direction::kOut, d, clear.data(), clear.size());
      ASSERT_EQ(c.status, abi::kOk) << payload;
      ASSERT_EQ(c.seq, ++number);
      Bytes text = clear;
      for (uint8_t pad = 1; text.size() % 4 != 2; ++pad) text.push_back(pad);
      text.push_back(static_cast<uint8_t>(text.size() - clear.size()));
      text.push_back(4);
      const Bytes sent = result(Direction::kOut);
      ASSERT_EQ(sent.size(), 36 + text.size() + 16);
      const uint8_t* const esp = sent.data() + 20;
      std::copy_n(esp + 8, 8, nonce.begin() + 4);
      const Bytes aad = extended_aad(sa.spi, number, esp + 8, gmac);
      Bytes cipher = text, tag(16);
      if (gmac)
        aead.sign(nonce, aad, text, tag);
      else
        aead.seal(nonce, aad, text, cipher.data(), tag);
      EXPECT_EQ(Bytes(esp + 16, esp + 16 + text.size()), cipher) << payload << " bytes, gmac " << gmac;
      EXPECT_EQ(Bytes(esp + 16 + text.size(), esp + 32 + text.size()), tag) << payload << " bytes, gmac " << gmac;
    }
  }
}

TEST_F(Commands, ExtendedNumbersAreCheckedInbound) {
  for (const bool gmac : {false, true}) {
    abi::SaEntry e = entry(abi::kSaValid | abi::kSaTunnel | abi::kSaInbound | abi::kSaEsn | (gmac ? abi::kSaGmac : 0u));
    e.soft_packets = e.hard_packets = e.soft_bytes = e.hard_bytes = abi::kNoLimit;
    ASSERT_EQ(command(Direction::kIn, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kOk);
    const abi::LookupSlot s = slot(true);
    ASSERT_EQ(command(Direction::kIn, abi::kOpLookupWrite, 0, &s, sizeof s), abi::kOk);
    gcm::OpensslAead aead(gcm::Aead::Use::kSeal, sa.key.bytes());
    uint32_t number = 0;
    for (const size_t payload : {2, 38, 42, 46, 106, 110}) {
      Bytes text = ipv4("10.1.0.1", "10.2.0.1", 17, counting(payload));
      text.insert(text.end(), {0, 4});
      Bytes nonce(sa.salt.bytes().begin(), sa.salt.bytes().end());
      nonce.insert(nonce.end(), {1, 2, 3, 4, 5, 6, 7, 8});
      Bytes tag(16), packet_text = text;
      const Bytes aad = extended_aad(sa.spi, ++number, nonce.data() + 4, gmac);
      if (gmac)
        aead.sign(nonce, aad, text, tag);
      else
        aead.seal(nonce, aad, text, packet_text.data(), tag);
      Bytes esp(aad.begin(), aad.begin() + 4);
      esp.insert(esp.end(), aad.begin() + 8, aad.begin() + 12);
      esp.insert(esp.end(), nonce.begin() + 4, nonce.end());
      esp.insert(esp.end(), packet_text.begin(), packet_text.end());
      esp.insert(esp.end(), tag.begin(), tag.end());
      const Bytes good = ipv4(sa.src.str(), sa.dst.str(), 50, esp);
      for (const size_t flip : {size_t{24}, size_t{28}, size_t{35}, size_t{36}, good.size() - 17, good.size() - 1}) {
        sealed = good;
        sealed[flip] ^= 1;
        EXPECT_EQ(receive(), abi::kDropIcv) << payload << " bytes, gmac " << gmac << ", byte " << flip;
      }
      sealed = good;
      EXPECT_EQ(receive(), abi::kOk) << payload << " bytes, gmac " << gmac;
    }
  }
}

TEST_F(Commands, AKeyShorterThan16BytesIsRefused) {
  for (const unsigned cut : {3u, 4u, 128u, 255u}) {
    for (const Direction direction : {Direction::kIn, Direction::kOut}) {
      abi::SaEntry e = entry(abi::kSaValid | abi::kSaTunnel | (direction == Direction::kIn ? abi::kSaInbound : 0u));
      e.key_cut = static_cast<uint8_t>(cut);
      EXPECT_EQ(command(direction, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kDropSaInvalid);
      EXPECT_EQ(command(direction, abi::kOpSaRead, kIndex), abi::kDropNoSa);
    }
  }
}

TEST_F(Commands, AnIcvShorterThan8BytesIsRefused) {
  for (const unsigned cut : {3u, 4u, 128u, 255u}) {
    for (const Direction direction : {Direction::kIn, Direction::kOut}) {
      abi::SaEntry e = entry(abi::kSaValid | abi::kSaTunnel | (direction == Direction::kIn ? abi::kSaInbound : 0u));
      e.icv_cut = static_cast<uint8_t>(cut);
      EXPECT_EQ(command(direction, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kDropSaInvalid);
      EXPECT_EQ(command(direction, abi::kOpSaRead, kIndex), abi::kDropNoSa);
    }
  }
}

// RFC 4543 4: AH has no encryption, no short ICV; RFC 3948 and RFC 8750 are ESP's.
TEST_F(Commands, AnAhEntryWithWhatOnlyEspHasIsRefused) {
  for (const Direction direction : {Direction::kIn, Direction::kOut}) {
    const uint32_t ah = abi::kSaValid | abi::kSaAh | (direction == Direction::kIn ? abi::kSaInbound : 0u);
    abi::SaEntry e = entry(ah | abi::kSaGmac);
    EXPECT_EQ(command(direction, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kOk);
    for (const uint32_t flags : {0u, abi::kSaGmac | abi::kSaUdpEncap, abi::kSaGmac | abi::kSaImplicitIv}) {
      e = entry(ah | flags);
      EXPECT_EQ(command(direction, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kDropSaInvalid) << flags;
      EXPECT_EQ(command(direction, abi::kOpSaRead, kIndex), abi::kDropNoSa);
    }
    e = entry(ah | abi::kSaGmac);
    e.icv_cut = 1;
    EXPECT_EQ(command(direction, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kDropSaInvalid);
  }
  abi::SaEntry e = entry(abi::kSaValid | abi::kSaAh | abi::kSaGmac | abi::kSaTunnel);
  e.tfc_pad = 100;
  EXPECT_EQ(command(Direction::kOut, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kDropSaInvalid);
}

TEST_F(Commands, AWindowThatTheCardCannotKeepIsRefused) {
  const auto status = [&](unsigned window, unsigned rows, uint32_t base, uint32_t flags) {
    abi::SaEntry e = entry(abi::kSaTunnel | abi::kSaInbound | flags);
    e.window = static_cast<uint16_t>(window);
    e.window_rows = static_cast<uint8_t>(rows);
    e.window_base = base;
    return command(Direction::kIn, abi::kOpSaInstall, kIndex, &e, sizeof e);
  };
  const auto with = [&](unsigned window, unsigned rows, uint32_t base) {
    return status(window, rows, base, abi::kSaValid);
  };
  // The window, and rows enough for it.
  for (const auto& [window, rows] :
       {std::pair{1u, 0u}, {2u, 1u}, {128u, 1u}, {129u, 1u}, {130u, 2u}, {385u, 2u}, {386u, 3u}, {4096u, 6u}}) {
    EXPECT_EQ(abi::window_row_bits(window), rows) << window;
    EXPECT_EQ(with(window, rows, 0), abi::kOk) << window;
    EXPECT_EQ(with(window, 6, 0), abi::kOk) << window;
    if (rows > 0) {
      EXPECT_EQ(with(window, rows - 1, 0), abi::kDropSaInvalid) << window;
    }
  }
  for (const unsigned window : {0u, 4097u, 8191u, 8192u + 128u, 0x8000u + 128u, 65535u})
    EXPECT_EQ(with(window, 6, 0), abi::kDropSaInvalid) << window;
  for (const unsigned rows : {7u, 8u + 1u, 64u + 6u, 128u + 6u, 255u})
    EXPECT_EQ(with(128, rows, 0), abi::kDropSaInvalid) << rows;
  // Its place: within the memory, a multiple of its size.
  EXPECT_EQ(with(128, 1, abi::kWindowMemoryRows - 2), abi::kOk);
  EXPECT_EQ(with(4096, 6, abi::kWindowMemoryRows - 64), abi::kOk);
  for (const uint32_t base : {1u, 3u, abi::kWindowMemoryRows - 1, abi::kWindowMemoryRows, 0x10000u, 0x80000000u})
    EXPECT_EQ(with(128, 1, base), abi::kDropSaInvalid) << base;
  for (const uint32_t base : {1u, 2u, 32u, abi::kWindowMemoryRows - 32})
    EXPECT_EQ(with(4096, 6, base), abi::kDropSaInvalid) << base;
  EXPECT_EQ(command(Direction::kIn, abi::kOpSaRead, kIndex), abi::kDropNoSa) << "the last refusal leaves no entry";
  // Without a check, or as a blank, it has none.
  EXPECT_EQ(status(0, 255, 0xffffffffu, abi::kSaValid | abi::kSaReplayOff), abi::kOk);
  EXPECT_EQ(status(0, 0, 1, 0), abi::kOk);
}

// What in_replay says of an SA comes to in_sa some descriptors later: by then the place may be another's.
TEST_F(Commands, AnSaInThePlaceOfAnotherIsNotMovedByIt) {
  sa.esn = true;
  const auto number = [&](uint64_t n) {
    Bytes plain = ipv4("10.1.0.1", "10.2.0.1", 17, counting(2));
    plain.insert(plain.end(), {0, 4});
    sealed = seal_by_hand(sa, n, plain);
    return receive();
  };
  const auto place = [&](uint64_t seq) {
    abi::SaEntry e = entry(abi::kSaValid | abi::kSaTunnel | abi::kSaInbound | abi::kSaEsn);
    e.seq = seq;
    ASSERT_EQ(command(Direction::kIn, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kOk);
  };
  install();
  const uint64_t far = uint64_t{5} << 32;
  place(far);
  for (uint64_t i = 1; i <= 200; ++i) ASSERT_EQ(number(far + i), abi::kOk) << i;
  place(0);
  EXPECT_EQ(number(far + 201), abi::kDropIcv);
  for (uint64_t i = 1; i <= 2 * abi::kMaxInFlight; ++i)
    ASSERT_EQ(number(i), abi::kOk) << i << ", moved by the SA before";
  place(far);
  for (uint64_t i = 1; i <= 2 * abi::kMaxInFlight; ++i) ASSERT_EQ(number(far + i), abi::kOk) << i;
}

TEST_F(Commands, WithoutEsnNoNumberBeyond32BitsIsSent) {
  const uint64_t end = 0xffffffffu;
  for (const bool esn : {false, true}) {
    abi::SaEntry e = entry(abi::kSaValid | abi::kSaTunnel | (esn ? abi::kSaEsn : 0u));
    e.seq = end - 2;
    e.seq_limit = end - 1;
    ASSERT_EQ(command(Direction::kOut, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kOk);
    const Bytes packet = ipv4("10.1.0.1", "10.2.0.1", 17, counting(2));
    const auto send = [&] {
      abi::Desc d{};
      d.op = abi::kOpPacket;
      d.sa_index = kIndex;
      d.in_len = static_cast<uint32_t>(packet.size());
      return run(Direction::kOut, d, packet.data(), packet.size());
    };
    EXPECT_EQ(send().seq, end - 1);
    EXPECT_EQ(send().status, abi::kDropSeqExhausted);
    Bytes limit(64);
    for (const uint64_t raised : {uint64_t{1} << 32, ~uint64_t{0}}) {
      std::memcpy(limit.data(), &raised, sizeof raised);
      ASSERT_EQ(command(Direction::kOut, abi::kOpSaExtend, kIndex, limit.data(), limit.size()), abi::kOk);
      const abi::Completion sent = send();
      const bool first = raised == uint64_t{1} << 32;
      EXPECT_EQ(sent.status, first || esn ? abi::kOk : abi::kDropSeqExhausted);
      if (sent.status == abi::kOk) {
        EXPECT_EQ(sent.seq, first ? end : end + 1);
      }
    }
    // So at install.
    e.seq = end;
    e.seq_limit = ~uint64_t{0};
    ASSERT_EQ(command(Direction::kOut, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kOk);
    EXPECT_EQ(send().status, esn ? abi::kOk : abi::kDropSeqExhausted);
  }
}

TEST_F(Commands, ASlotWithoutItsSaAndAnSaWithoutItsSlotFindNothing) {
  install();
  EXPECT_EQ(receive(), abi::kOk);
  ASSERT_EQ(command(Direction::kIn, abi::kOpSaDelete, kIndex), abi::kOk);  // the slot stays
  EXPECT_EQ(receive(), abi::kDropNoSa);
  install();
  EXPECT_EQ(receive(), abi::kOk);
  const abi::LookupSlot cleared = slot(false);  // with its key, which must not count
  ASSERT_EQ(command(Direction::kIn, abi::kOpLookupWrite, 0, &cleared, sizeof cleared), abi::kOk);
  EXPECT_EQ(receive(), abi::kDropNoSa);
}

TEST_F(Commands, WrongShapesAreRefusedAndChangeNothing) {
  install();
  const abi::SaEntry good = entry(abi::kSaValid | abi::kSaTunnel | abi::kSaInbound);
  Bytes zeros(sizeof(abi::SaEntry) + 64);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{64}, size_t{192}, size_t{255}, size_t{257}, size_t{320}})
    EXPECT_EQ(command(Direction::kIn, abi::kOpSaInstall, kIndex, zeros.data(), size), abi::kDropSaInvalid) << size;
  EXPECT_EQ(command(Direction::kIn, abi::kOpSaInstall, abi::kSaCapacity, &good, sizeof good), abi::kDropSaInvalid);
  EXPECT_EQ(command(Direction::kIn, abi::kOpSaInstall, 0xffff, &good, sizeof good), abi::kDropSaInvalid);
  EXPECT_EQ(command(Direction::kIn, abi::kOpSaDelete, kIndex, zeros.data(), 64), abi::kDropSaInvalid);
  EXPECT_EQ(command(Direction::kIn, abi::kOpSaDelete, static_cast<uint16_t>(abi::kSaCapacity + kIndex)),
            abi::kDropSaInvalid);
  EXPECT_EQ(command(Direction::kIn, abi::kOpLookupWrite, 0, zeros.data(), 63), abi::kDropSaInvalid);
  for (const auto spoil : {+[](abi::LookupSlot& s) { s.way = abi::kLookupWays; },
                           +[](abi::LookupSlot& s) { s.row = static_cast<uint16_t>(s.row + abi::kLookupRows); },
                           +[](abi::LookupSlot& s) { s.sa_index = abi::kSaCapacity; }}) {
    abi::LookupSlot s = slot(false);
    spoil(s);
    EXPECT_EQ(command(Direction::kIn, abi::kOpLookupWrite, 0, &s, sizeof s), abi::kDropSaInvalid);
  }
  for (const unsigned op : {0u, 6u, 8u, 200u})
    EXPECT_EQ(command(Direction::kIn, static_cast<uint8_t>(op), kIndex), abi::kDropBadDescriptor) << op;
  EXPECT_EQ(command(Direction::kOut, abi::kOpLookupWrite, 0, zeros.data(), 64), abi::kDropBadDescriptor);
  EXPECT_EQ(receive(), abi::kOk) << "the SA is as it was";
}

TEST_F(Commands, AnEntryOfTheOtherDirectionNeverBecomesValid) {
  const abi::SaEntry outbound = entry(abi::kSaValid | abi::kSaTunnel);
  install();
  EXPECT_EQ(command(Direction::kIn, abi::kOpSaInstall, kIndex, &outbound, sizeof outbound), abi::kDropSaInvalid);
  EXPECT_EQ(receive(), abi::kDropNoSa) << "half of another entry stands there now: it must not match";
  const abi::SaEntry inbound = entry(abi::kSaValid | abi::kSaTunnel | abi::kSaInbound);
  EXPECT_EQ(command(Direction::kOut, abi::kOpSaInstall, kIndex, &inbound, sizeof inbound), abi::kDropSaInvalid);
  EXPECT_EQ(command(Direction::kOut, abi::kOpSaRead, kIndex), abi::kDropNoSa);
}

// One run with an SA that ends in the middle of it: the packet before has it, those behind have not, and a packet of an
// SA that stays is not touched.
TEST_F(Commands, AnSaThatIsDeletedBetweenTwoPackets) {
  install();
  SaConfig other = make_sa(Direction::kIn, Mode::kTunnel, 0x7001, 3);
  Bytes plain = ipv4("10.1.0.9", "10.2.0.9", 17, counting(302));
  plain.insert(plain.end(), {0, 4});
  const Bytes staying = seal_by_hand(other, 1, plain);
  sa = std::move(other);  // what entry() and slot() speak of
  abi::SaEntry e = entry(abi::kSaValid | abi::kSaTunnel | abi::kSaInbound);
  ASSERT_EQ(command(Direction::kIn, abi::kOpSaInstall, kIndex + 1, &e, sizeof e), abi::kOk);
  abi::LookupSlot s = slot(true);
  s.way = 1;
  s.sa_index = kIndex + 1;
  s.row = static_cast<uint16_t>(abi::lookup_row(1, s.spi_be, s.dst_be, s.proto));
  ASSERT_EQ(command(Direction::kIn, abi::kOpLookupWrite, 0, &s, sizeof s), abi::kOk);

  const Bytes* inputs[] = {&sealed, nullptr, &sealed, &staying, &sealed};
  size_t in_at = 0;
  for (size_t i = 0; i < std::size(inputs); ++i) {
    abi::Desc d{};
    d.op = inputs[i] ? abi::kOpPacket : abi::kOpSaDelete;
    d.sa_index = kIndex;
    d.in_off = in_at;
    d.out_off = i * 1024;
    d.out_cap = 1024;
    d.cookie = i;
    if (inputs[i]) {
      d.in_len = static_cast<uint32_t>(inputs[i]->size());
      std::ranges::copy(*inputs[i], card.in(Direction::kIn).begin() + static_cast<ptrdiff_t>(in_at));
      in_at += (inputs[i]->size() + 63) / 64 * 64;
    }
    card.desc(Direction::kIn)[i] = d;
  }
  card.run(Direction::kIn, std::size(inputs), in_at, 1024 * std::size(inputs));
  const uint8_t want[] = {abi::kOk, abi::kOk, abi::kDropNoSa, abi::kOk, abi::kDropNoSa};
  for (size_t i = 0; i < std::size(inputs); ++i) {
    EXPECT_EQ(card.completions(Direction::kIn)[i].status, want[i]) << "descriptor " << i;
    EXPECT_EQ(card.completions(Direction::kIn)[i].cookie, i);
  }
  const auto out = card.out(Direction::kIn).subspan(3 * 1024, card.completions(Direction::kIn)[3].out_len);
  EXPECT_TRUE(std::ranges::equal(out, std::span(plain).first(plain.size() - 2)));
}

TEST_F(Commands, NopTakesAnythingAndDoesNothing) {
  install();
  const Bytes junk = counting(abi::kMaxPacketBytes);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{256}, size_t{704}, size_t{abi::kMaxPacketBytes}})
    EXPECT_EQ(command(Direction::kIn, abi::kOpNop, kIndex, junk.data(), size), abi::kOk) << size;
  EXPECT_EQ(receive(), abi::kOk);
}

// A packet may have its end in the descriptor where the ABI says so, and nowhere else.
TEST_F(Commands, ATailWhereNoneMayBeIsRefused) {
  install();
  const auto receive_tailed = [&](Direction direction, const Bytes& packet, uint32_t in_len) {
    abi::Desc d{};
    d.op = abi::kOpPacket;
    d.flags = abi::kDescTail;
    d.in_len = in_len;
    const size_t tail = in_len % 64;
    if (tail <= sizeof d.tail) std::ranges::copy(std::span(packet).subspan(in_len - tail, tail), d.tail);
    return run(direction, d, packet.data(), packet.size()).status;
  };
  uint64_t number = 100;
  const auto of_length = [&](size_t length) {
    const size_t text = length - 20 - 16 - 16;
    Bytes inner = ipv4("10.1.0.1", "10.2.0.1", 17, counting(text - 20 - 2));
    inner.insert(inner.end(), {0, 4});
    return seal_by_hand(sa, ++number, inner);
  };
  for (const size_t length : {132, 144, 196, 208, 1476})
    EXPECT_EQ(receive_tailed(Direction::kIn, of_length(length), static_cast<uint32_t>(length)), abi::kOk) << length;
  for (const size_t length : {76, 80, 128, 148, 188, 192, 212})
    EXPECT_EQ(receive_tailed(Direction::kIn, of_length(length), static_cast<uint32_t>(length)), abi::kDropBadDescriptor)
        << length;
  EXPECT_EQ(receive_tailed(Direction::kOut, of_length(132), 132), abi::kDropBadDescriptor) << "outbound";
  EXPECT_EQ(receive(), abi::kOk) << "the next one";
}

}  // namespace
}  // namespace xesp::test
