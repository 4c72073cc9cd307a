// SPDX-License-Identifier: Apache-2.0
#include "engine/lookup_table.h"

#include <deque>

namespace xesp {

LookupTable::Place LookupTable::place_in(unsigned way, const InboundKey& key) {
  return {static_cast<uint8_t>(way),
          static_cast<uint16_t>(abi::lookup_row(way, key.spi.data(), key.dst.data(), key.proto))};
}

std::vector<LookupTable::Write> LookupTable::insert(const InboundKey& key, uint16_t sa_index) {
  // Breadth first over "who would have to move": the shortest chain writes the fewest slots.
  struct Step {
    Place place;
    size_t from;  // the step whose key would come here; kNone for the new key
    size_t moves;
  };
  constexpr size_t kNone = ~size_t{0};
  std::vector<Step> steps;
  std::array<std::array<bool, abi::kLookupRows>, abi::kLookupWays> seen{};
  std::deque<size_t> queue;
  const auto visit = [&](Place p, size_t from, size_t moves) {
    if (seen[p.way][p.row]) return;
    seen[p.way][p.row] = true;
    steps.push_back({p, from, moves});
    queue.push_back(steps.size() - 1);
  };
  for (unsigned way = 0; way < abi::kLookupWays; ++way) visit(place_in(way, key), kNone, 0);

  while (!queue.empty()) {
    const size_t found = queue.front();
    queue.pop_front();
    const Step step = steps[found];
    if (const auto& slot = at(step.place)) {
      if (step.moves < kMaxMoves)
        for (unsigned way = 0; way < abi::kLookupWays; ++way) visit(place_in(way, slot->key), found, step.moves + 1);
      continue;
    }
    std::vector<Write> writes;
    Place free = step.place;
    for (size_t s = step.from; s != kNone; s = steps[s].from) {
      const Place old = steps[s].place;
      const Slot moved =
          *at(old);  // NOLINT(bugprone-unchecked-optional-access): a step that others follow is of a taken slot
      at(free) = moved;
      places_[moved.key] = free;
      writes.push_back({free.way, free.row, moved.key, moved.sa_index});
      free = old;
    }
    at(free) = Slot{key, sa_index};
    places_[key] = free;
    writes.push_back({free.way, free.row, key, sa_index});
    return writes;
  }
  return {};
}

LookupTable::Write LookupTable::erase(const InboundKey& key) {
  const auto found = places_.find(key);
  const Place p = found->second;
  places_.erase(found);
  at(p).reset();
  return {p.way, p.row, std::nullopt, 0};
}

}  // namespace xesp
