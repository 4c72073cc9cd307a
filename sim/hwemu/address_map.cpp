// SPDX-License-Identifier: Apache-2.0
#include "address_map.h"

namespace xesp::hwemu {

std::optional<RegisterTarget> decode_registers(uint64_t address, uint64_t size) {
  if (address % 4 != 0 || size % 4 != 0 || size == 0 || size > abi::kRegRange) return std::nullopt;
  for (const CuWindow& window : kCuWindows) {
    if (address >= window.base && address - window.base <= abi::kRegRange - size) {
      return RegisterTarget{window.cu, static_cast<uint32_t>(address - window.base)};
    }
  }
  return std::nullopt;
}

}  // namespace xesp::hwemu
