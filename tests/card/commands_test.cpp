// SPDX-License-Identifier: Apache-2.0
// Commands as a wrong host might send them, straight at the card's batch interface: refused, counted, and of no effect.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "gcm/hash_powers.h"
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
  uint8_t receive() {
    abi::Desc d{};
    d.op = abi::kOpPacket;
    d.in_len = static_cast<uint32_t>(sealed.size());
    return run(Direction::kIn, d, sealed.data(), sealed.size()).status;
  }

  abi::SaEntry entry(uint32_t flags) {
    abi::SaEntry e{};
    const gcm::HashPowers h(sa.key.bytes());
    std::ranges::copy(sa.key.bytes(), e.key);
    std::ranges::copy(sa.salt.bytes(), e.salt);
    uint8_t* const powers[] = {e.h1, e.h2, e.h3, e.h4, e.h5, e.h6};
    for (size_t i = 0; i < h.power.size(); ++i) std::ranges::copy(h.power[i], powers[i]);
    e.flags = flags;
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

TEST_F(Commands, AKeyShorterThan16BytesIsRefused) {
  for (const unsigned cut : {3u, 4u, 128u, 255u}) {
    for (const Direction direction : {Direction::kIn, Direction::kOut}) {
      abi::SaEntry e =
          entry(abi::kSaValid | abi::kSaTunnel | (direction == Direction::kIn ? abi::kSaInbound : 0u));
      e.key_cut = static_cast<uint8_t>(cut);
      EXPECT_EQ(command(direction, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kDropSaInvalid);
      EXPECT_EQ(command(direction, abi::kOpSaRead, kIndex), abi::kDropNoSa);
    }
  }
}

TEST_F(Commands, AnIcvShorterThan8BytesIsRefused) {
  for (const unsigned cut : {3u, 4u, 128u, 255u}) {
    for (const Direction direction : {Direction::kIn, Direction::kOut}) {
      abi::SaEntry e =
          entry(abi::kSaValid | abi::kSaTunnel | (direction == Direction::kIn ? abi::kSaInbound : 0u));
      e.icv_cut = static_cast<uint8_t>(cut);
      EXPECT_EQ(command(direction, abi::kOpSaInstall, kIndex, &e, sizeof e), abi::kDropSaInvalid);
      EXPECT_EQ(command(direction, abi::kOpSaRead, kIndex), abi::kDropNoSa);
    }
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
  EXPECT_EQ(command(Direction::kIn, abi::kOpSaDelete, static_cast<uint16_t>(abi::kSaCapacity + kIndex)), abi::kDropSaInvalid);
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

TEST_F(Commands, NopTakesAnythingAndDoesNothing) {
  install();
  const Bytes junk = counting(abi::kMaxPacketBytes);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{256}, size_t{704}, size_t{abi::kMaxPacketBytes}})
    EXPECT_EQ(command(Direction::kIn, abi::kOpNop, kIndex, junk.data(), size), abi::kOk) << size;
  EXPECT_EQ(receive(), abi::kOk);
}

}  // namespace
}  // namespace xesp::test
