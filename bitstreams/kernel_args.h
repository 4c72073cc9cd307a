// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_KERNEL_ARGS_H
#define XESP_KERNEL_ARGS_H

#include <array>
#include <cstdint>

#include "xesp_abi.h"

namespace xesp::xclbin {

struct KernelArg {
  const char* name;
  uint32_t offset;   // of its register
  bool pointer;      // 64-bit global memory address; else a 32-bit scalar
  const char* port;  // the master that follows the pointer, or the slave
};

/// The arguments that both kernels have, in the order of xrt::kernel's call.
constexpr std::array<KernelArg, 5> kKernelArgs{{
    {"desc", abi::kRegArgDesc, true, "M_AXI_DESC"},
    {"in", abi::kRegArgIn, true, "M_AXI_DATA"},
    {"out", abi::kRegArgOut, true, "M_AXI_DATA"},
    {"cpl", abi::kRegArgCpl, true, "M_AXI_DESC"},
    {"count", abi::kRegArgCount, false, "S_AXI_CONTROL"},
}};

}  // namespace xesp::xclbin
#endif
