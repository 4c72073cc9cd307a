// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SA_SLOTS_H
#define XESP_ENGINE_SA_SLOTS_H

#include <array>
#include <cstdint>
#include <deque>

#include "xesp/engine.h"
#include "xesp_abi.h"

namespace xesp {

/// Gives out the indices of one direction's SA table. Each reuse of an index changes its generation, and the index that
/// has been free for longest goes first, so that a stale handle meets its own generation again only after 65536 reuses.
class SaSlots {
 public:
  SaSlots();

  /// @throws Error(kUnavailable) when all are taken
  SaHandle take();
  /// @throws Error(kNotFound) unless `handle` names a taken slot in its present generation
  void give_back(SaHandle handle);
  bool live(SaHandle handle) const;
  /// Handle of a taken index (the present generation).
  SaHandle handle(uint16_t index) const;
  /// @throws Error(kNotFound) unless live(handle)
  void require(SaHandle handle) const;
  size_t used() const { return abi::kSaCapacity - free_.size(); }

 private:
  struct Slot {
    uint16_t generation = 0;
    bool taken = false;
  };
  std::array<Slot, abi::kSaCapacity> slots_{};
  std::deque<uint16_t> free_;
};

}  // namespace xesp
#endif
