// SPDX-License-Identifier: Apache-2.0
//
// Where things stand on the emulated card's bus: what the xclbin tells XRT (bitstreams/) and what the simulator
// decodes.
#ifndef XESP_HWEMU_PLATFORM_H
#define XESP_HWEMU_PLATFORM_H

#include <array>
#include <cstdint>

#include "card.h"
#include "xesp_abi.h"

namespace xesp::hwemu {

struct CuWindow {
  sim::Cu cu;
  const char* kernel;
  const char* instance;
  uint64_t base;  // XRT wants it 256-byte aligned and below 4 GiB
};

constexpr std::array<CuWindow, sim::kCuCount> kCuWindows{{
    {sim::Cu::kOut, abi::kKernelOut, "xesp_out_1", 0x0100'0000},
    {sim::Cu::kIn, abi::kKernelIn, "xesp_in_1", 0x0101'0000},
}};

// One DDR bank, above 4 GiB so that a pointer cut to 32 bits shows at once.
constexpr uint64_t kMemoryBase = 0x40'0000'0000;
constexpr uint64_t kMemoryBytes = uint64_t{4} << 30;
constexpr const char* kMemoryTag = "DDR[0]";

}  // namespace xesp::hwemu
#endif
