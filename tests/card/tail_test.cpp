// SPDX-License-Identifier: Apache-2.0
// Packets whose last beat would be short: their end stands in the completion, and inbound in the descriptor. Headers of
// every length before the text and ICVs of every length behind it move the border of text and ICV over the border of
// beats.
#include <gtest/gtest.h>

#include "side_by_side.h"

namespace xesp::test {
namespace {

struct Shape {
  size_t options;  // bytes of IPv4 options, in transport mode
  bool encap;      // ESP in UDP
  bool implicit_iv;
  unsigned icv_bits;
  bool auth_only;
};

class Tails : public SideBySide {
 protected:
  std::vector<Shape> shapes() const {
    std::vector<Shape> all;
    for (const size_t options : {0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40})
      for (const bool encap : {false, true})
        for (const bool implicit_iv : {false, true})
          for (const unsigned icv_bits : {64u, 96u, 128u})
            all.push_back({options, encap, implicit_iv, icv_bits, false});
    for (const size_t options : {0, 4, 40}) all.push_back({options, false, false, 128, true});
    return all;
  }
  static SaConfig sa_of(const Shape& shape, Direction direction, uint32_t spi) {
    SaConfig sa = make_sa(direction, Mode::kTransport, spi);
    if (shape.encap) sa.encap = UdpEncap{4500, 4500};
    sa.implicit_iv = shape.implicit_iv;
    sa.icv_bits = shape.icv_bits;
    sa.auth_only = shape.auth_only;
    return sa;
  }
  static Bytes packet(const Shape& shape, size_t payload) {
    return ipv4_with_options("192.0.2.1", "198.51.100.1", 17, Bytes(shape.options, 1), counting(payload));
  }
};

// Around three beats: each SA sends every length in turn, so packets with a tail follow such without. What was sealed
// is opened; what was sealed and then damaged in its last 16 bytes is not.
TEST_F(Tails, EveryHeaderAndIcvAroundTheEndOfABeat) {
  const size_t step = engine_is_rtl() ? 3 : 1;
  uint32_t spi = 0x3000;
  size_t with_tail = 0;
  for (const Shape& shape : shapes()) {
    ++spi;
    const Pair out = both(sa_of(shape, Direction::kOut, spi));
    both(sa_of(shape, Direction::kIn, spi));
    std::vector<Bytes> clear, sealed, damaged;
    std::vector<PacketIn> in;
    for (size_t n = 80 + spi % step; n < 148; n += step) clear.push_back(packet(shape, n));
    same(Direction::kOut, clear, out);
    for (const Bytes& p : clear) sealed.push_back(send(*reference, out.reference, p).data);
    for (const Bytes& p : clear) send(*card, out.card, p);  // the same numbers on both
    for (size_t i = 0; i < sealed.size(); ++i) {
      with_tail += abi::tail_of(static_cast<uint32_t>(sealed[i].size())) != 0;
      damaged.push_back(sealed[i]);
      damaged.back()[damaged.back().size() - 1 - i % (shape.icv_bits / 8)] ^= 0x10;
    }
    for (const Outcome& o : same(Direction::kIn, damaged)) EXPECT_EQ(o.status, abi::kDropIcv);
    for (const Outcome& o : same(Direction::kIn, sealed)) EXPECT_EQ(o.status, abi::kOk);
    if (HasFailure())
      FAIL() << "options " << shape.options << ", encap " << shape.encap << ", implicit IV " << shape.implicit_iv
             << ", ICV " << shape.icv_bits << ", GMAC " << shape.auth_only;
  }
  EXPECT_GT(with_tail, 100u) << "hardly a packet has what this is about";
}

// A packet with a tail that drops before its text is looked at, between packets that pass: nothing of it stays behind.
TEST_F(Tails, OfADroppedPacketGoesWithIt) {
  const SaConfig outbound = make_sa(Direction::kOut, Mode::kTunnel), inbound = make_sa(Direction::kIn, Mode::kTunnel);
  const Pair out = both(outbound);
  both(inbound);
  std::vector<Bytes> packets;
  for (size_t n = 60; n < 200; n += 4) {
    const Bytes good = send(*reference, out.reference, clear(n)).data;
    Bytes stranger = good;
    stranger[23] ^= 1;  // the SPI's last byte
    packets.push_back(stranger);
    packets.push_back(good);
  }
  const std::vector<Outcome> outcomes = same(Direction::kIn, packets);
  for (size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].status, i % 2 == 0 ? abi::kDropNoSa : abi::kOk);
}

}  // namespace
}  // namespace xesp::test
