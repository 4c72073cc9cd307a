// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SECRET_POOL_H
#define XESP_SECRET_POOL_H

#include <cstdint>

namespace xesp::secret_pool {

/// A zeroed slot of Secret::kCapacity bytes in pages that are locked and left out of core dumps. A process that may
/// not lock memory (RLIMIT_MEMLOCK) gets unlocked pages: keys work there, without the guard against swap.
/// @throws Error(kOs) without memory
uint8_t* take();

/// Wipes the slot and keeps it for the next take().
void give_back(uint8_t* slot) noexcept;

}  // namespace xesp::secret_pool
#endif
