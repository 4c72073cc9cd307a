// SPDX-License-Identifier: Apache-2.0
#include "engine/sa_slots.h"

#include <string>

#include "xesp/error.h"

namespace xesp {

SaSlots::SaSlots(size_t capacity) : slots_(capacity) {
  for (size_t i = 0; i < capacity; ++i) free_.push_back(static_cast<uint16_t>(i));
}

SaHandle SaSlots::take() {
  if (free_.empty())
    throw Error(ErrorCode::kUnavailable, "SA table full: " + std::to_string(slots_.size()) +
                                             " SAs in this direction already, delete some first");
  const uint16_t index = free_.front();
  free_.pop_front();
  slots_[index].taken = true;
  ++slots_[index].generation;
  return {index, slots_[index].generation};
}

void SaSlots::give_back(SaHandle handle) {
  require(handle);
  slots_[handle.index].taken = false;
  free_.push_back(handle.index);
}

void SaSlots::require(SaHandle handle) const {
  if (!live(handle))
    throw Error(ErrorCode::kNotFound, "no SA at index " + std::to_string(handle.index) + " generation " +
                                          std::to_string(handle.generation) + ": it was removed");
}

}  // namespace xesp
