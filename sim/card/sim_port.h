// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_SIM_PORT_H
#define XESP_SIM_SIM_PORT_H

#include <memory>
#include <vector>

#include "card.h"
#include "engine/card_port.h"

namespace xesp::sim {

/// A simulated card in this process behind the engine's batch interface: the same registers and memory as through XRT,
/// without XRT. For benches and tests that need many packets or exact clocks.
class SimPort final : public CardPort {
 public:
  explicit SimPort(std::unique_ptr<Card> card);
  std::string description() const override { return "simulated card in this process"; }
  std::span<abi::Desc> desc(Direction direction) override { return unit(direction).desc; }
  std::span<uint8_t> in(Direction direction) override { return unit(direction).in; }
  std::span<const uint8_t> out(Direction direction) override { return unit(direction).out; }
  std::span<const abi::Completion> completions(Direction direction) override { return unit(direction).completions; }
  /// @throws Error(kIo) when the run has not ended after a number of clocks that no run of this size needs.
  uint32_t run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) override;
  CardRegisters registers(Direction direction) override;

  Card& card() { return *card_; }
  /// Where in() stands in card memory.
  static uint64_t in_address(Direction direction);

 private:
  struct Unit {
    std::vector<abi::Desc> desc;
    std::vector<abi::Completion> completions;
    std::vector<uint8_t> in, out;
  };
  Unit& unit(Direction direction) { return units_[static_cast<size_t>(direction)]; }

  std::unique_ptr<Card> card_;
  Unit units_[2];
};

}  // namespace xesp::sim
#endif
