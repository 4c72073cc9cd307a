// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_NATIVE_CARD_H
#define XESP_SIM_NATIVE_CARD_H

#include <memory>

#include "engine/card_port.h"

namespace xesp::sim {

/// The kernels as plain C++ behind the card's batch interface: what the RTL must equal, without an RTL simulation. The
/// shell's part (descriptors to beats, beats to memory) is done here in a few lines.
///
/// One in a process: kernels keep their state in static variables, which outlive this object.
class NativeCard final : public CardPort {
 public:
  NativeCard();
  ~NativeCard() override;
  std::string description() const override { return "native kernels"; }
  std::span<abi::Desc> desc(Direction direction) override;
  std::span<uint8_t> in(Direction direction) override;
  std::span<const uint8_t> out(Direction direction) override;
  std::span<const abi::Completion> completions(Direction direction) override;
  uint32_t run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) override;
  CardRegisters registers(Direction direction) override;

 private:
  struct Unit;
  std::unique_ptr<Unit> units_[2];
};

}  // namespace xesp::sim
#endif
