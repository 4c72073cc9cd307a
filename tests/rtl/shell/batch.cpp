// SPDX-License-Identifier: Apache-2.0
#include "batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace xesp::test {
namespace {

constexpr uint8_t kPattern = 0xa5;

bool aligned(const abi::Desc& d) {
  return d.in_off % 64 == 0 && d.out_off % 64 == 0;
}
bool tailed(const abi::Desc& d) {
  return (d.flags & abi::kDescTail) != 0;
}
bool refused(const abi::Desc& d) {
  return !aligned(d) || (tailed(d) && abi::tail_of(d.in_len) == 0);
}
bool has_input(const abi::Desc& d) {
  return !refused(d) && d.in_len != 0 && d.in_len <= abi::kMaxPacketBytes;
}

}  // namespace

Batch::Batch(std::mt19937_64& random) : random_(random) {
  // Apart from each other whatever the batch's size, above and below 4 GiB.
  const uint64_t page = (random() % (uint64_t{1} << 40)) << 16;
  buffers_.desc = page + random() % 512 * kDescBytes;
  buffers_.in = page + 0x1000'0000 + random() % 1024 * 64;
  buffers_.out = page + 0x2000'0000 + random() % 1024 * 64;
  buffers_.cpl = page + 0x3000'0000 + random() % 512 * kDescBytes;
}

abi::Desc& Batch::add(uint32_t len, uint32_t cap, uint8_t orders) {
  abi::Desc d{};
  d.op = static_cast<uint8_t>(random_());
  d.reserved0 = orders;
  d.flags = static_cast<uint8_t>(random_());  // the shell overwrites kDescFinal
  if (abi::tail_of(len) == 0) d.flags &= static_cast<uint8_t>(~abi::kDescTail);
  for (uint8_t& byte : d.tail) byte = static_cast<uint8_t>(random_());
  d.sa_index = static_cast<uint16_t>(random_());
  d.in_len = len;
  d.out_cap = cap;
  d.in_off = in_end_;
  d.out_off = out_end_;
  d.cookie = random_();
  Item item;
  if (len <= abi::kMaxPacketBytes) {
    item.input.resize((len + 63) / 64 * 64);
    for (uint8_t& byte : item.input) byte = static_cast<uint8_t>(random_() | 1);  // never 0: stale bytes must show
  }
  item.out_space = (std::max<uint64_t>(cap, std::min(len, abi::kMaxPacketBytes)) + 63) / 64 * 64 + 64;
  in_end_ += item.input.size() + random_() % 3 * 64;
  out_end_ += item.out_space + random_() % 3 * 64;
  descs_.push_back(d);
  items_.push_back(std::move(item));
  return descs_.back();
}

void Batch::add_random(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    const uint32_t small = static_cast<uint32_t>(random_() % 200);
    const uint32_t any = static_cast<uint32_t>(random_() % (abi::kMaxPacketBytes + 1));
    switch (random_() % 16) {
      case 0:
        add(0, static_cast<uint32_t>(random_() % 4 * 64));
        break;
      case 1:
        add(abi::kMaxPacketBytes + 1 + static_cast<uint32_t>(random_() % 0x10000), 64);
        break;
      case 2:
        add(0xfffffff0u + static_cast<uint32_t>(random_() % 16), 64);
        break;
      case 3:
        add(small).in_off += 1 + random_() % 63;
        break;
      case 4:
        add(small).out_off += 1 + random_() % 63;
        break;
      case 5:
        add(small + 1, 0);
        break;  // too little room
      case 6:
        add(small, 256, static_cast<uint8_t>(1 + random_() % 31));
        break;  // dropped by the path
      case 7:
        add(any, any / 2 / 64 * 64, kOrderLie);
        break;  // faulty path
      case 8:
        add(any);
        break;
      case 9:
        add(abi::kMaxPacketBytes);
        break;
      case 10:
        add(64 * (1 + static_cast<uint32_t>(random_() % 4)));
        break;
      case 11:
        add(64 * (2 + static_cast<uint32_t>(random_() % 30)) + 1 + static_cast<uint32_t>(random_() % 16));
        break;
      case 12:
        add(small).flags |= abi::kDescTail;
        break;  // mostly not a length for it
      default:
        add(small);
        break;
    }
  }
}

void Batch::place(sim::DeviceMemory& memory) const {
  memory.write(buffers_.desc, descs_.data(), descs_.size() * sizeof(abi::Desc));
  memory.write(buffers_.desc + descs_.size() * sizeof(abi::Desc), &descs_.front(), sizeof(abi::Desc));
  for (size_t i = 0; i < descs_.size(); ++i)
    if (has_input(descs_[i]))
      memory.write(buffers_.in + descs_[i].in_off, items_[i].input.data(), items_[i].input.size());
  const std::vector<uint8_t> pattern(std::max<size_t>(out_end_, (descs_.size() + 1) * 64), kPattern);
  memory.write(buffers_.out, pattern.data(), out_end_);
  memory.write(buffers_.cpl, pattern.data(), (descs_.size() + 1) * 64);
}

abi::Completion Batch::expected(size_t i) const {
  const abi::Desc& d = descs_[i];
  const uint32_t len = refused(d) ? kRefusedLength : d.in_len;
  abi::Completion c{};
  c.cookie = d.cookie;
  c.op = d.op;
  c.sa_index = d.sa_index;
  c.bytes = len;
  c.packets = (d.flags & ~abi::kDescFinal & 0xffu) | (i + 1 == descs_.size() ? abi::kDescFinal : 0u);
  if (len > abi::kMaxPacketBytes)
    c.status = abi::kDropBadDescriptor;
  else if ((d.reserved0 & 0x1f) != 0)
    c.status = d.reserved0 & 0x1f;
  else if (len != 0 && (len > d.out_cap || (d.reserved0 & kOrderLie) != 0))
    c.status = abi::kDropOutputTooBig;
  else
    c.out_len = len;
  if (c.out_len != 0 && tailed(d)) {
    c.flags = abi::kCplTail;
    for (size_t k = 0; k < sizeof c.tail; ++k) c.tail[k] = static_cast<uint8_t>(~d.tail[k]);
  }
  return c;
}

void Batch::check(sim::DeviceMemory& memory) const {
  std::vector<uint8_t> want(out_end_, kPattern);
  for (size_t i = 0; i < descs_.size(); ++i) {
    const abi::Completion c = expected(i);
    abi::Completion got{};
    memory.read(buffers_.cpl + i * 64, &got, sizeof got);
    // Each lane is told of a last one, and now and then of one that is not (xesp_dispatch).
    if (kLanes > 1 && i + 1 < descs_.size()) got.packets &= ~uint64_t{abi::kDescFinal};
    EXPECT_EQ(std::memcmp(&c, &got, sizeof c), 0)
        << "completion " << i << ": status " << int{got.status} << " for " << int{c.status} << ", out_len "
        << got.out_len << " for " << c.out_len << ", cookie " << got.cookie << " for " << c.cookie << ", bytes "
        << got.bytes << " for " << c.bytes;
    for (uint32_t k = 0; k < abi::bytes_in_memory(c); ++k)
      want[descs_[i].out_off + k] = static_cast<uint8_t>(~items_[i].input[k]);
  }
  std::vector<uint8_t> have(out_end_);
  memory.read(buffers_.out, have.data(), have.size());
  const auto diff = std::mismatch(want.begin(), want.end(), have.begin());
  EXPECT_TRUE(diff.first == want.end()) << "results differ first at offset " << diff.first - want.begin();
  uint8_t behind[64];
  memory.read(buffers_.cpl + descs_.size() * 64, behind, sizeof behind);
  for (uint8_t byte : behind) EXPECT_EQ(byte, kPattern) << "a completion too many";
}

uint64_t Batch::in_beats() const {
  uint64_t beats = 0;
  for (const abi::Desc& d : descs_)
    if (has_input(d)) beats += (abi::bytes_in_memory(d) + 63) / 64;
  return beats;
}

uint64_t Batch::out_beats() const {
  uint64_t beats = 0;
  for (size_t i = 0; i < descs_.size(); ++i) beats += (abi::bytes_in_memory(expected(i)) + 63) / 64;
  return beats;
}

}  // namespace xesp::test
