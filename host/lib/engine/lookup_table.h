// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_LOOKUP_TABLE_H
#define XESP_ENGINE_LOOKUP_TABLE_H

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/inbound_key.h"
#include "xesp_abi.h"

namespace xesp {

/// The host's model of the card's inbound lookup: four ways, and in each the one row where a key may stand. Decides
/// where a key goes and which slots must be written for it. Not thread safe.
class LookupTable {
 public:
  /// One slot to write, in the order given: a moved key is written to its new place before its old one is overwritten,
  /// so that at no moment a live key is nowhere.
  struct Write {
    uint8_t way = 0;
    uint16_t row = 0;
    std::optional<InboundKey> key;  ///< none: clear the slot
    uint16_t sa_index = 0;
  };

  /// Places a key that is not in the table. Empty if no chain of up to kMaxMoves moves makes room; then nothing
  /// changed.
  std::vector<Write> insert(const InboundKey& key, uint16_t sa_index);
  /// The write that removes a key that is in the table.
  Write erase(const InboundKey& key);
  bool contains(const InboundKey& key) const { return places_.contains(key); }
  size_t size() const { return places_.size(); }

  static constexpr size_t kMaxMoves = 6;

 private:
  struct Slot {
    InboundKey key;
    uint16_t sa_index;
  };
  struct Place {
    uint8_t way;
    uint16_t row;
  };
  static Place place_in(unsigned way, const InboundKey& key);
  std::optional<Slot>& at(Place p) { return slots_[p.way][p.row]; }

  std::array<std::array<std::optional<Slot>, abi::kLookupRows>, abi::kLookupWays> slots_{};
  std::map<InboundKey, Place> places_;
};

}  // namespace xesp
#endif
