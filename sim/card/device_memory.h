// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_DEVICE_MEMORY_H
#define XESP_SIM_DEVICE_MEMORY_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace xesp::sim {

/// The card's DDR: 64-bit byte addresses, pages made at the first write, zero where nothing was written.
/// An access may cross pages; one that would pass the end of the address space is cut there.
class DeviceMemory {
 public:
  static constexpr size_t kPageBytes = size_t{64} * 1024;

  void read(uint64_t address, void* to, size_t size) const;
  void write(uint64_t address, const void* from, size_t size);
  /// Forgets the pages that lie wholly inside [address, address + size).
  void release(uint64_t address, uint64_t size);
  size_t pages() const { return pages_.size(); }

 private:
  using Page = std::array<uint8_t, kPageBytes>;
  const Page* find(uint64_t number) const;

  std::unordered_map<uint64_t, std::unique_ptr<Page>> pages_;
  mutable uint64_t last_number_ = ~uint64_t{0};  // accesses run along a buffer: the last page is nearly always the one
  mutable Page* last_page_ = nullptr;
};

}  // namespace xesp::sim
#endif
