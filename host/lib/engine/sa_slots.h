// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SA_SLOTS_H
#define XESP_ENGINE_SA_SLOTS_H

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "xesp/engine.h"

namespace xesp {

/// Gives out the indices of one direction's SA table. Each reuse of an index changes its generation, and the index that
/// has been free for longest goes first, so that a stale handle meets its own generation again only after 65536 reuses.
class SaSlots {
 public:
  explicit SaSlots(size_t capacity);

  /// @throws Error(kUnavailable) when all are taken
  SaHandle take();
  /// @throws Error(kNotFound) unless `handle` names a taken slot in its present generation
  void give_back(SaHandle handle);
  bool live(SaHandle handle) const {
    return handle.index < slots_.size() && slots_[handle.index].taken &&
           slots_[handle.index].generation == handle.generation;
  }
  /// Handle of a taken index (the present generation).
  SaHandle handle(uint16_t index) const { return {index, slots_.at(index).generation}; }
  /// @throws Error(kNotFound) unless live(handle)
  void require(SaHandle handle) const;
  size_t used() const { return slots_.size() - free_.size(); }

 private:
  struct Slot {
    uint16_t generation = 0;
    bool taken = false;
  };
  std::vector<Slot> slots_;
  std::deque<uint16_t> free_;
};

}  // namespace xesp
#endif
