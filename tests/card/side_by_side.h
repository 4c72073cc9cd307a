// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_CARD_SIDE_BY_SIDE_H
#define XESP_TESTS_CARD_SIDE_BY_SIDE_H

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "engines.h"
#include "support/packets.h"
#include "support/sas.h"

namespace xesp::test {

/// The card and the software engine, with the same SAs and packets: all that is said of a packet must be the same.
class SideBySide : public testing::Test {
 protected:
  struct Pair {
    SaHandle card, reference;
  };
  struct Outcome {
    DropReason status;
    uint64_t seq;
    unsigned events;
    bool operator==(const Outcome&) const = default;
  };

  std::unique_ptr<Engine> card = make_engine_under_test(test_seed());
  std::unique_ptr<Engine> reference = make_software_engine();

  Pair both(const SaConfig& sa) { return {card->install(sa), reference->install(sa)}; }
  void remove(Direction direction, Pair sa) {
    card->remove(direction, sa.card);
    reference->remove(direction, sa.reference);
  }

  /// What became of them, the same on both sides. The number of a packet that is dropped before the window is not told.
  std::vector<Outcome> same(Direction direction, const std::vector<Bytes>& packets, Pair sa = {}) {
    std::vector<PacketIn> a(packets.size()), b(packets.size());
    for (size_t i = 0; i < packets.size(); ++i) {
      a[i] = {packets[i], sa.card};
      b[i] = {packets[i], sa.reference};
    }
    std::vector<PacketOut> got, want;
    card->process(direction, a, got);
    reference->process(direction, b, want);
    std::vector<Outcome> all;
    for (size_t i = 0; i < packets.size(); ++i) {
      EXPECT_EQ(got[i].status, want[i].status) << "packet " << i << ": card " << drop_counter_name(got[i].status)
                                               << ", reference " << drop_counter_name(want[i].status);
      EXPECT_EQ(got[i].events, want[i].events) << "packet " << i;
      EXPECT_TRUE(std::ranges::equal(got[i].data, want[i].data)) << "packet " << i;
      const bool told = want[i].status == abi::kOk || want[i].status == abi::kDropReplay ||
                        want[i].status == abi::kDropReplayOld ||
                        (direction == Direction::kIn && want[i].status == abi::kDropExpired);
      if (told) EXPECT_EQ(got[i].seq, want[i].seq) << "packet " << i;
      all.push_back({want[i].status, told ? want[i].seq : 0, want[i].events});
      if (HasFailure()) break;
    }
    return all;
  }

  void expect_same_stats(Direction direction, Pair sa) {
    const SaStats got = card->stats(direction, sa.card), want = reference->stats(direction, sa.reference);
    EXPECT_EQ(got.seq, want.seq);
    EXPECT_EQ(got.packets, want.packets);
    EXPECT_EQ(got.bytes, want.bytes);
    EXPECT_EQ(got.events, want.events);
  }

  static Bytes clear(size_t payload = 2) { return ipv4("10.1.0.1", "10.2.0.1", 17, counting(payload)); }
  /// A tunnel packet of an honest sender with this number.
  static Bytes sealed_with(const SaConfig& sa, uint64_t seq) {
    Bytes plain = clear();
    plain.insert(plain.end(), {0, 4});  // 22 bytes, pad length 0, next header IPv4: whole words
    return seal_by_hand(sa, seq, plain);
  }
  std::vector<Outcome> receive_numbers(const SaConfig& sa, const std::vector<uint64_t>& numbers) {
    std::vector<Bytes> packets;
    for (const uint64_t n : numbers) packets.push_back(sealed_with(sa, n));
    return same(Direction::kIn, packets);
  }
  static std::vector<DropReason> reasons(const std::vector<Outcome>& outcomes) {
    std::vector<DropReason> list;
    for (const Outcome& o : outcomes) list.push_back(o.status);
    return list;
  }
};

}  // namespace xesp::test
#endif
