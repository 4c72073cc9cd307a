// SPDX-License-Identifier: Apache-2.0
#include "verilated_card.h"

#include <cstdlib>
#include <stdexcept>

#include "card_model.h"
#include "xesp_abi.h"

namespace xesp::sim {
namespace {

constexpr int kAccessClocks = 10'000;  // an access that isn't answered by then never is
constexpr uint32_t kApStart = 1;
constexpr uint32_t kApIdle = 4;

// Clocks until the access that has begun at `unit` is answered.
uint32_t finish(CardModel& model, CardModel::RegisterPort& unit, uint32_t offset) {
  for (int i = 0; unit.access.busy(); ++i) {
    if (i == kAccessClocks) throw std::runtime_error("register " + std::to_string(offset) + " does not answer");
    model.clock();
  }
  if (unit.access.resp() != 0) throw std::runtime_error("register " + std::to_string(offset) + " answers an error");
  return unit.access.data();
}

}  // namespace

CardModelFactory& card_model_factory(unsigned engines) {
  static CardModelFactory factories[5] = {};
  if (engines >= std::size(factories)) throw std::runtime_error(std::to_string(engines) + " engines: at most 4");
  return factories[engines];
}

VerilatedCardOptions VerilatedCardOptions::from_environment() {
  VerilatedCardOptions options;
  if (const char* seed = std::getenv("XESP_SIM_STALL_SEED")) {
    char* end = nullptr;
    options.stall_seed = std::strtoull(seed, &end, 0);
    if (end == seed || *end != '\0')
      throw std::runtime_error("XESP_SIM_STALL_SEED is not a number: " + std::string(seed));
  }
  if (const char* file = std::getenv("XESP_SIM_TRACE")) options.trace = file;
  return options;
}

VerilatedCard::VerilatedCard(const VerilatedCardOptions& options) {
  if (options.engines == 1) {
    model_ = make_card_model_1(options);
    return;
  }
  const CardModelFactory make = card_model_factory(options.engines);
  if (make == nullptr)
    throw std::runtime_error("no card with " + std::to_string(options.engines) + " engines in this program");
  model_ = make(options);
}
VerilatedCard::~VerilatedCard() = default;

void VerilatedCard::write_register(Cu cu, uint32_t offset, uint32_t value) {
  CardModel::RegisterPort& unit = model_->unit(cu);
  unit.access.write(offset, value);
  finish(*model_, unit, offset);
  if (offset == abi::kRegCtrl && (value & kApStart) != 0) unit.running = true;
}

uint32_t VerilatedCard::read_register(Cu cu, uint32_t offset) {
  CardModel::RegisterPort& unit = model_->unit(cu);
  unit.access.read(offset);
  const uint32_t value = finish(*model_, unit, offset);
  if (offset == abi::kRegCtrl && (value & kApIdle) != 0) unit.running = false;
  return value;
}

void VerilatedCard::step(uint32_t clocks) {
  for (uint32_t i = 0; i < clocks; ++i) model_->clock();
}

bool VerilatedCard::busy() const {
  return model_->running();
}
uint64_t VerilatedCard::clocks() const {
  return model_->clocks();
}
DeviceMemory& VerilatedCard::memory() {
  return model_->memory();
}

}  // namespace xesp::sim
