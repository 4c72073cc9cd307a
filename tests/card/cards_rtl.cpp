// SPDX-License-Identifier: Apache-2.0
#include "engine/card_engine.h"
#include "engines.h"
#include "sim_port.h"
#include "verilated_card.h"

namespace xesp::test {

std::unique_ptr<Engine> make_engine_under_test(uint64_t seed) {
  sim::VerilatedCardOptions options;
  options.stall_seed = seed;
  options.engines = XESP_TEST_ENGINES;
  return make_card_engine(std::make_unique<sim::SimPort>(std::make_unique<sim::VerilatedCard>(options)));
}
bool engine_is_rtl() {
  return true;
}

}  // namespace xesp::test
