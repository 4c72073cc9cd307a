// SPDX-License-Identifier: Apache-2.0
#include "secret_pool.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>

#include "xesp/error.h"
#include "xesp/secret.h"

namespace xesp::secret_pool {

namespace {

constexpr size_t kChunkBytes = 16384;  // 256 slots; keeps the count of locked pages low with thousands of SAs

// A free slot holds the address of the next free one, so that giving back needs no memory. Slots outlive every static
// Secret: chunks are never unmapped.
struct FreeList {
  std::mutex mutex;
  uint8_t* head = nullptr;
};

FreeList& free_list() {
  static FreeList& list = *new FreeList;  // never destroyed: static Secrets give back after main()
  return list;
}

void push(FreeList& list, uint8_t* slot) noexcept {
  std::memcpy(slot, static_cast<const void*>(&list.head), sizeof list.head);
  list.head = slot;
}

void grow(FreeList& list) {
  void* chunk = mmap(nullptr, kChunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (chunk == MAP_FAILED) throw Error(ErrorCode::kOs, std::string("no memory for key material: ") + errno_text(errno));
  // Both are best effort: where the system refuses, keys are no worse off than in ordinary memory.
  (void)mlock(chunk, kChunkBytes);
  (void)madvise(chunk, kChunkBytes, MADV_DONTDUMP);
  for (size_t at = 0; at < kChunkBytes; at += Secret::kCapacity) push(list, static_cast<uint8_t*>(chunk) + at);
}

}  // namespace

uint8_t* take() {
  FreeList& list = free_list();
  const std::lock_guard lock(list.mutex);
  if (!list.head) grow(list);
  uint8_t* slot = list.head;
  std::memcpy(static_cast<void*>(&list.head), slot, sizeof list.head);
  std::memset(slot, 0, sizeof list.head);
  return slot;
}

void give_back(uint8_t* slot) noexcept {
  OPENSSL_cleanse(slot, Secret::kCapacity);
  FreeList& list = free_list();
  const std::lock_guard lock(list.mutex);
  push(list, slot);
}

}  // namespace xesp::secret_pool
