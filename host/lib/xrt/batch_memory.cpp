// SPDX-License-Identifier: Apache-2.0
#include "batch_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace xesp::worker {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kMaxBytes = size_t{1} << 30;

size_t pages(size_t bytes) {
  return (bytes + kPage - 1) / kPage * kPage;
}

[[noreturn]] void os_error(const char* what) {
  throw Error(ErrorCode::kOs, std::string("batch memory: ") + what + ": " + errno_text(errno));
}

// True when [offset, offset + size) lies in `capacity` bytes.
bool inside(uint64_t offset, uint64_t size, size_t capacity) {
  return size <= capacity && offset <= capacity - size;
}

}  // namespace

Capacity Capacity::of(const CardOptions& options) {
  if (options.descriptors < 1 || options.descriptors > abi::kMaxBatch) {
    throw Error(ErrorCode::kUsage, "batch capacity: descriptors must be 1 to " + std::to_string(abi::kMaxBatch));
  }
  for (const size_t bytes : {options.in_bytes, options.out_bytes}) {
    if (bytes < 1 || bytes > kMaxBytes)
      throw Error(ErrorCode::kUsage, "batch capacity: 1 byte to 1 GiB of input and output");
  }
  return {options.descriptors, pages(options.in_bytes), pages(options.out_bytes)};
}

BatchMemory::BatchMemory(const Capacity& capacity)
    : capacity_(capacity), fd_(::memfd_create("xesp-batch", MFD_CLOEXEC)) {
  if (fd_ < 0) os_error("memfd_create");
  try {
    map();
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

BatchMemory::BatchMemory(const Capacity& capacity, int fd) : capacity_(capacity), fd_(fd) {
  map();
}

void BatchMemory::map() {
  const size_t table = pages(capacity_.descriptors * size_t{abi::kBeatBytes});
  size_ = 2 * table + capacity_.in_bytes + capacity_.out_bytes;
  if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0) os_error("ftruncate");
  void* base = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (base == MAP_FAILED) os_error("mmap");
  ::madvise(base, size_, MADV_DONTDUMP);
  base_ = static_cast<uint8_t*>(base);
}

BatchMemory::~BatchMemory() {
  ::munmap(base_, size_);
  ::close(fd_);
}

std::span<abi::Completion> BatchMemory::completions() const {
  const size_t table = pages(capacity_.descriptors * size_t{abi::kBeatBytes});
  return {reinterpret_cast<abi::Completion*>(base_ + table), capacity_.descriptors};
}

std::span<uint8_t> BatchMemory::out() const {
  return {base_ + size_ - capacity_.out_bytes, capacity_.out_bytes};
}

std::span<uint8_t> BatchMemory::in() const {
  return {out().data() - capacity_.in_bytes, capacity_.in_bytes};
}

void BatchMemory::check(size_t count) const {
  const auto refuse = [](size_t i, const char* what) {
    throw Error(ErrorCode::kData, "batch: descriptor " + std::to_string(i) + ": " + what);
  };
  if (count < 1 || count > capacity_.descriptors) {
    throw Error(ErrorCode::kData, "batch of " + std::to_string(count) + " descriptors; the card was opened for 1 to " +
                                      std::to_string(capacity_.descriptors));
  }
  for (size_t i = 0; i < count; ++i) {
    const abi::Desc& d = desc()[i];
    // The card moves whole beats, so an input's last beat must be there too.
    const uint64_t in_beats =
        (uint64_t{abi::bytes_in_memory(d)} + abi::kBeatBytes - 1) / abi::kBeatBytes * abi::kBeatBytes;
    if (d.in_off % abi::kBeatBytes != 0 || d.out_off % abi::kBeatBytes != 0 || d.out_cap % abi::kBeatBytes != 0) {
      refuse(i, "in_off, out_off and out_cap must be multiples of 64");
    }
    if (!inside(d.in_off, in_beats, capacity_.in_bytes)) refuse(i, "its input reaches outside the in buffer");
    if (!inside(d.out_off, d.out_cap, capacity_.out_bytes)) refuse(i, "its output reaches outside the out buffer");
  }
}

}  // namespace xesp::worker
