// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_ADDRESS_MAP_H
#define XESP_HWEMU_ADDRESS_MAP_H

#include <cstdint>
#include <optional>

#include "platform.h"

namespace xesp::hwemu {

struct RegisterTarget {
  sim::Cu cu;
  uint32_t offset;
};

/// The compute unit whose window holds all of [address, address + size): whole 32-bit words only.
std::optional<RegisterTarget> decode_registers(uint64_t address, uint64_t size);

}  // namespace xesp::hwemu
#endif
