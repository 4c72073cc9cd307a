// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_CARD_H
#define XESP_SIM_CARD_H

#include <cstdint>

#include "device_memory.h"

namespace xesp::sim {

/// The compute units, numbered as kRegDirection does.
enum class Cu : uint8_t { kOut = 0, kIn = 1 };
constexpr unsigned kCuCount = 2;

/// A card seen from its bus: registers, memory and a clock. Not thread safe; one thread owns it.
class Card {
 public:
  virtual ~Card() = default;

  /// One AXI4-Lite access; lets the clock run until it is answered. `offset` is a multiple of 4 below abi::kRegRange.
  /// @throws std::runtime_error when the card doesn't answer.
  virtual void write_register(Cu cu, uint32_t offset, uint32_t value) = 0;
  virtual uint32_t read_register(Cu cu, uint32_t offset) = 0;

  virtual void step(uint32_t clocks) = 0;
  /// False when nothing but a register access can change the card's state: then the clock may stand still.
  virtual bool busy() const = 0;
  virtual uint64_t clocks() const = 0;
  virtual DeviceMemory& memory() = 0;
};

}  // namespace xesp::sim
#endif
