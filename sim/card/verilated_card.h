// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_VERILATED_CARD_H
#define XESP_SIM_VERILATED_CARD_H

#include <memory>
#include <string>

#include "card.h"

namespace xesp::sim {

class CardModel;

struct VerilatedCardOptions {
  uint64_t stall_seed = 0;  ///< memory and all streams inside stall, at random from this seed; 0: never
  unsigned engines = 1;     ///< in each unit; other numbers need their model linked in (xesp_card_engines2, _engines4)
  std::string trace;        ///< FST file to write; needs a build with XESP_SIM_TRACE=ON

  /// XESP_SIM_STALL_SEED and XESP_SIM_TRACE of the environment. @throws std::runtime_error for a seed that is no
  /// number.
  static VerilatedCardOptions from_environment();
};

/// hw/rtl/xesp_card.sv in Verilator: the model, its clock and reset, a memory behind its AXI4 masters, and a master
/// on each register port. Assertions of the RTL end the process; a broken AXI rule throws AxiViolation.
class VerilatedCard final : public Card {
 public:
  /// Leaves reset. @throws std::runtime_error when a trace is asked for and not built in, or a number of engines
  /// that this program has no model of.
  explicit VerilatedCard(const VerilatedCardOptions& options);
  ~VerilatedCard() override;

  void write_register(Cu cu, uint32_t offset, uint32_t value) override;
  uint32_t read_register(Cu cu, uint32_t offset) override;
  void step(uint32_t clocks) override;
  /// From a start until a read of kRegCtrl shows the unit idle: its host reads until then.
  bool busy() const override;
  uint64_t clocks() const override;
  DeviceMemory& memory() override;

 private:
  std::unique_ptr<CardModel> model_;
};

}  // namespace xesp::sim
#endif
