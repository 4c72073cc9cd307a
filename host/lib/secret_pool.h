// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SECRET_POOL_H
#define XESP_SECRET_POOL_H

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace xesp::secret_pool {

/// Slots of one size for key material, in pages that are locked and left out of core dumps. A process that may not lock
/// memory (RLIMIT_MEMLOCK) gets unlocked pages: keys work there, without the guard against swap. Pages are never
/// unmapped; a pool whose users may be static objects must not be destroyed.
/// Thread safety: every call from any thread.
class Pool {
 public:
  /// `alignment` is a power of two, of a page at most.
  Pool(size_t slot_bytes, size_t alignment);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// A zeroed slot. @throws Error(kOs) without memory
  uint8_t* take();
  /// Wipes the slot and keeps it for the next take().
  void give_back(uint8_t* slot) noexcept;

 private:
  void push(uint8_t* slot) noexcept;
  void grow();

  const size_t slot_bytes_;
  std::mutex mutex_;
  size_t next_chunk_;
  uint8_t* head_ = nullptr;  // a free slot holds the address of the next one, so giving back needs no memory
};

/// A slot of Secret::kCapacity bytes, of the one pool that Secret uses.
uint8_t* take();
void give_back(uint8_t* slot) noexcept;

}  // namespace xesp::secret_pool
#endif
