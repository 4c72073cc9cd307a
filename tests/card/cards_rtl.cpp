// SPDX-License-Identifier: Apache-2.0
#include "engine/card_engine.h"
#include "engines.h"
#include "port.h"
#include "sim_port.h"
#include "verilated_card.h"

namespace xesp::test {

std::unique_ptr<CardPort> make_port_under_test(uint64_t seed) {
  sim::VerilatedCardOptions options;
  options.stall_seed = seed;
  options.engines = XESP_TEST_ENGINES;
  return std::make_unique<sim::SimPort>(std::make_unique<sim::VerilatedCard>(options));
}
std::unique_ptr<Engine> make_engine_under_test(uint64_t seed) {
  return make_card_engine(make_port_under_test(seed));
}
bool engine_is_rtl() {
  return true;
}

}  // namespace xesp::test
