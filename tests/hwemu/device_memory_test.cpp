// SPDX-License-Identifier: Apache-2.0
#include "device_memory.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace xesp::sim {
namespace {

constexpr uint64_t kPage = DeviceMemory::kPageBytes;

TEST(DeviceMemory, IsZeroUntilWritten) {
  DeviceMemory memory;
  std::vector<uint8_t> data(100, 0xaa);
  memory.read(5 * kPage - 50, data.data(), data.size());
  EXPECT_EQ(data, std::vector<uint8_t>(100, 0));
  EXPECT_EQ(memory.pages(), 0u);
}

TEST(DeviceMemory, AgainstAPlainModel) {
  DeviceMemory memory;
  std::map<uint64_t, uint8_t> model;
  std::mt19937_64 random(1);
  // Few pages, far apart and side by side, so that accesses cross and return to them.
  const auto address = [&] {
    const uint64_t bases[] = {0, kPage, 0x40'0000'0000, 0x40'0000'0000 + 3 * kPage};
    return bases[random() % 4] + random() % (2 * kPage);
  };
  for (int round = 0; round < 2000; ++round) {
    std::vector<uint8_t> data(random() % 300);
    const uint64_t at = address();
    if (random() % 2 == 0) {
      for (uint8_t& byte : data) byte = static_cast<uint8_t>(random());
      memory.write(at, data.data(), data.size());
      for (size_t i = 0; i < data.size(); ++i) model[at + i] = data[i];
    } else {
      memory.read(at, data.data(), data.size());
      for (size_t i = 0; i < data.size(); ++i) {
        const auto it = model.find(at + i);
        ASSERT_EQ(data[i], it == model.end() ? 0 : it->second) << std::hex << at + i;
      }
    }
  }
}

TEST(DeviceMemory, ReleasesWholePagesOnly) {
  DeviceMemory memory;
  const std::vector<uint8_t> ones(4 * kPage, 1);
  memory.write(0, ones.data(), ones.size());
  memory.release(kPage / 2, 2 * kPage);  // only the second page lies wholly inside
  EXPECT_EQ(memory.pages(), 3u);
  std::vector<uint8_t> data(4 * kPage);
  memory.read(0, data.data(), data.size());
  for (size_t i = 0; i < data.size(); ++i) ASSERT_EQ(data[i], i / kPage == 1 ? 0 : 1) << i;
  memory.release(kPage, ~uint64_t{0});  // past the end of everything: refused
  EXPECT_EQ(memory.pages(), 3u);
}

TEST(DeviceMemory, StopsAtTheEndOfTheAddressSpace) {
  DeviceMemory memory;
  const std::vector<uint8_t> ones(8, 1);
  memory.write(~uint64_t{0} - 3, ones.data(), ones.size());  // four bytes have a place
  std::vector<uint8_t> data(8, 0xaa);
  memory.read(~uint64_t{0} - 3, data.data(), data.size());
  EXPECT_EQ(data, (std::vector<uint8_t>{1, 1, 1, 1, 0, 0, 0, 0}));
  memory.read(0, data.data(), data.size());
  EXPECT_EQ(data, std::vector<uint8_t>(8, 0));
}

}  // namespace
}  // namespace xesp::sim
