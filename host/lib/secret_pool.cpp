// SPDX-License-Identifier: Apache-2.0
#include "secret_pool.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "xesp/error.h"
#include "xesp/secret.h"

namespace xesp::secret_pool {

namespace {

// Each chunk is as large as two before it, for mlock() has the kernel ask every processor: few locked pages with a few
// SAs, and few calls with many.
constexpr size_t kFirstChunk = 16384, kLargestChunk = size_t{1} << 20;

Pool& secrets() {
  static Pool& pool = *new Pool(Secret::kCapacity, Secret::kCapacity);  // static Secrets give back after main()
  return pool;
}

}  // namespace

Pool::Pool(size_t slot_bytes, size_t alignment)
    : slot_bytes_((slot_bytes + alignment - 1) / alignment * alignment), next_chunk_(kFirstChunk) {}

void Pool::push(uint8_t* slot) noexcept {
  std::memcpy(slot, static_cast<const void*>(&head_), sizeof head_);
  head_ = slot;
}

void Pool::grow() {
  const size_t bytes = next_chunk_;
  void* chunk = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (chunk == MAP_FAILED) throw Error(ErrorCode::kOs, std::string("no memory for key material: ") + errno_text(errno));
  // Both are best effort: where the system refuses, keys are no worse off than in ordinary memory.
  (void)mlock(chunk, bytes);
  (void)madvise(chunk, bytes, MADV_DONTDUMP);
  for (size_t at = 0; at + slot_bytes_ <= bytes; at += slot_bytes_) push(static_cast<uint8_t*>(chunk) + at);
  next_chunk_ = std::min(2 * bytes, kLargestChunk);
}

uint8_t* Pool::take() {
  const std::lock_guard lock(mutex_);
  if (!head_) grow();
  uint8_t* slot = head_;
  std::memcpy(static_cast<void*>(&head_), slot, sizeof head_);
  std::memset(slot, 0, sizeof head_);
  return slot;
}

void Pool::give_back(uint8_t* slot) noexcept {
  OPENSSL_cleanse(slot, slot_bytes_);
  const std::lock_guard lock(mutex_);
  push(slot);
}

uint8_t* take() {
  return secrets().take();
}

void give_back(uint8_t* slot) noexcept {
  secrets().give_back(slot);
}

}  // namespace xesp::secret_pool
