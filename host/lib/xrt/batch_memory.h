// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_BATCH_MEMORY_H
#define XESP_XRT_BATCH_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <span>

#include "card_device.h"

namespace xesp::worker {

/// What a batch may hold, checked and rounded up to whole pages.
struct Capacity {
  uint32_t descriptors = 0;
  size_t in_bytes = 0;
  size_t out_bytes = 0;

  /// @throws Error(kUsage) for 0 or too much.
  static Capacity of(const CardOptions& options);
};

/// One direction's batch buffers, page aligned, in a memory that two processes map. Kept out of core dumps: keys pass
/// through it.
class BatchMemory {
 public:
  /// A new one. @throws Error(kOs)
  explicit BatchMemory(const Capacity& capacity);
  /// Maps what another process made. Takes the descriptor over. @throws Error(kOs)
  BatchMemory(const Capacity& capacity, int fd);
  ~BatchMemory();
  BatchMemory(const BatchMemory&) = delete;
  BatchMemory& operator=(const BatchMemory&) = delete;

  int fd() const { return fd_; }
  std::span<abi::Desc> desc() const { return {reinterpret_cast<abi::Desc*>(base_), capacity_.descriptors}; }
  std::span<abi::Completion> completions() const;
  std::span<uint8_t> in() const;
  std::span<uint8_t> out() const;

  /// @throws Error(kData) naming the first of `count` descriptors that reaches outside these buffers: the card follows
  /// offsets wherever they lead.
  void check(size_t count) const;

 private:
  void map();

  Capacity capacity_;
  int fd_;
  size_t size_ = 0;
  uint8_t* base_ = nullptr;
};

}  // namespace xesp::worker
#endif
