// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_CARD_MODEL_H
#define XESP_SIM_CARD_MODEL_H

#include <array>
#include <memory>

#include "axi_lite.h"
#include "verilated_card.h"

namespace xesp::sim {

/// What VerilatedCard drives: a Verilated xesp_card with so many engines, its clock, the memory behind its masters and
/// a master on each register port. card_model.cpp is compiled once for each number of engines.
class CardModel {
 public:
  /// A compute unit's register port.
  struct RegisterPort {
    AxiLite access{};
    LiteSlave slave{};
    LiteMaster pins{};
    bool running = false;
    void clock() { access.clock(slave, pins); }
  };

  virtual ~CardModel() = default;
  virtual void clock() = 0;

  RegisterPort& unit(Cu cu) { return registers_[static_cast<size_t>(cu)]; }
  bool running() const { return registers_[0].running || registers_[1].running; }
  uint64_t clocks() const { return clocks_; }
  DeviceMemory& memory() { return memory_; }

 protected:
  DeviceMemory memory_;
  std::array<RegisterPort, kCuCount> registers_{};
  uint64_t clocks_ = 0;
};

using CardModelFactory = std::unique_ptr<CardModel> (*)(const VerilatedCardOptions&);

/// The model with one engine in each unit, out of reset. Every program with a VerilatedCard has it.
std::unique_ptr<CardModel> make_card_model_1(const VerilatedCardOptions& options);
/// The others enter themselves here, by number of engines, before main().
CardModelFactory& card_model_factory(unsigned engines);

}  // namespace xesp::sim
#endif
