// SPDX-License-Identifier: Apache-2.0
// The host's model of the card's inbound lookup: placement, moves, and that no live key is ever nowhere.
#include "engine/lookup_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace xesp {
namespace {

// The card: slots as the writes leave them, found as the card finds them.
class CardModel {
 public:
  void write(const LookupTable::Write& w) {
    if (w.key) {
      ASSERT_EQ(w.row, abi::lookup_row(w.way, w.key->spi.data(), w.key->dst.data(), w.key->proto))
          << "a row the card never probes";
      slots_[{w.way, w.row}] = {*w.key, w.sa_index};
    } else {
      slots_.erase({w.way, w.row});
    }
  }
  std::optional<uint16_t> find(const InboundKey& key) const {
    for (unsigned way = 0; way < abi::kLookupWays; ++way) {
      const auto slot = slots_.find({way, abi::lookup_row(way, key.spi.data(), key.dst.data(), key.proto)});
      if (slot != slots_.end() && slot->second.first == key) return slot->second.second;
    }
    return std::nullopt;
  }
  size_t size() const { return slots_.size(); }

 private:
  std::map<std::pair<unsigned, uint32_t>, std::pair<InboundKey, uint16_t>> slots_;
};

InboundKey random_key(std::mt19937_64& random) {
  InboundKey key;
  for (uint8_t& b : key.spi) b = static_cast<uint8_t>(random());
  for (size_t i = 0; i < 4; ++i) key.dst[i] = static_cast<uint8_t>(random());
  return key;
}

void fill_and_check(const std::vector<InboundKey>& keys) {
  LookupTable table;
  CardModel card;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto writes = table.insert(keys[i], static_cast<uint16_t>(i));
    ASSERT_FALSE(writes.empty()) << "no room for key " << i;
    ASSERT_LE(writes.size(), LookupTable::kMaxMoves + 1);
    for (const auto& w : writes) {
      card.write(w);
      for (size_t j = 0; j < i; ++j) ASSERT_EQ(card.find(keys[j]), j) << "lost in the middle of a chain of moves";
    }
    ASSERT_EQ(card.find(keys[i]), i);
  }
  ASSERT_EQ(card.size(), keys.size());
}

TEST(LookupTable, TakesAFullTableOfRandomSas) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<InboundKey> keys;
    for (unsigned i = 0; i < abi::kSaCapacity; ++i) keys.push_back(random_key(random));
    fill_and_check(keys);
  }
}

TEST(LookupTable, TakesCountingSpisToOneAddress) {
  std::vector<InboundKey> keys(abi::kSaCapacity);
  for (uint32_t i = 0; i < keys.size(); ++i) {
    esp::store_be32(keys[i].spi.data(), 0xc0000100u + i);
    keys[i].dst = {192, 0, 2, 1};
  }
  fill_and_check(keys);
}

TEST(LookupTable, ManySeedsFitWithoutACheckOfEachStep) {
  for (uint64_t seed = 100; seed < 130; ++seed) {
    std::mt19937_64 random(seed);
    LookupTable table;
    for (unsigned i = 0; i < abi::kSaCapacity; ++i)
      ASSERT_FALSE(table.insert(random_key(random), static_cast<uint16_t>(i)).empty())
          << "seed " << seed << " key " << i;
  }
}

TEST(LookupTable, ChurnAtFullLoadKeepsEveryKey) {
  std::mt19937_64 random(7);
  LookupTable table;
  CardModel card;
  std::vector<InboundKey> keys;
  for (unsigned i = 0; i < abi::kSaCapacity; ++i) {
    keys.push_back(random_key(random));
    for (const auto& w : table.insert(keys[i], static_cast<uint16_t>(i))) card.write(w);
  }
  for (int round = 0; round < 5000; ++round) {
    const size_t i = random() % keys.size();
    card.write(table.erase(keys[i]));
    ASSERT_FALSE(table.contains(keys[i]));
    ASSERT_FALSE(card.find(keys[i]));
    keys[i] = random_key(random);
    const auto writes = table.insert(keys[i], static_cast<uint16_t>(i));
    ASSERT_FALSE(writes.empty()) << "round " << round;
    for (const auto& w : writes) card.write(w);
  }
  for (size_t i = 0; i < keys.size(); ++i) ASSERT_EQ(card.find(keys[i]), i);
  EXPECT_EQ(table.size(), keys.size());
}

}  // namespace
}  // namespace xesp
