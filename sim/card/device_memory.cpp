// SPDX-License-Identifier: Apache-2.0
#include "device_memory.h"

#include <algorithm>
#include <cstring>

namespace xesp::sim {
namespace {

struct Piece {
  uint64_t page;
  size_t offset;
  size_t size;
};

// The part of an access that lies in its first page.
Piece first_piece(uint64_t address, size_t size) {
  const size_t offset = address % DeviceMemory::kPageBytes;
  return {address / DeviceMemory::kPageBytes, offset, std::min(size, DeviceMemory::kPageBytes - offset)};
}

// Bytes from `address` that exist before the address space ends.
size_t clip(uint64_t address, size_t size) {
  const uint64_t room = ~address;  // one less than the room, so that it never overflows
  return size - 1 > room ? static_cast<size_t>(room) + 1 : size;
}

}  // namespace

const DeviceMemory::Page* DeviceMemory::find(uint64_t number) const {
  if (number == last_number_) return last_page_;
  const auto it = pages_.find(number);
  if (it == pages_.end()) return nullptr;
  last_number_ = number;
  last_page_ = it->second.get();
  return last_page_;
}

void DeviceMemory::read(uint64_t address, void* to, size_t size) const {
  auto* out = static_cast<uint8_t*>(to);
  if (size == 0) return;
  const size_t present = clip(address, size);
  std::memset(out + present, 0, size - present);
  for (size_t left = present; left > 0;) {
    const Piece piece = first_piece(address, left);
    if (const Page* page = find(piece.page)) {
      std::memcpy(out, page->data() + piece.offset, piece.size);
    } else {
      std::memset(out, 0, piece.size);
    }
    out += piece.size;
    address += piece.size;
    left -= piece.size;
  }
}

void DeviceMemory::write(uint64_t address, const void* from, size_t size) {
  const auto* in = static_cast<const uint8_t*>(from);
  if (size == 0) return;
  for (size_t left = clip(address, size); left > 0;) {
    const Piece piece = first_piece(address, left);
    if (find(piece.page) == nullptr) {
      pages_.emplace(piece.page, std::make_unique<Page>());
      find(piece.page);
    }
    std::memcpy(last_page_->data() + piece.offset, in, piece.size);
    in += piece.size;
    address += piece.size;
    left -= piece.size;
  }
}

void DeviceMemory::release(uint64_t address, uint64_t size) {
  const uint64_t end = address + size;
  if (size == 0 || end < address) return;
  const uint64_t first = address / kPageBytes + (address % kPageBytes != 0);
  const uint64_t last = end / kPageBytes;  // exclusive
  last_number_ = ~uint64_t{0};
  last_page_ = nullptr;
  std::erase_if(pages_, [&](const auto& entry) { return entry.first >= first && entry.first < last; });
}

}  // namespace xesp::sim
