// SPDX-License-Identifier: Apache-2.0
#include "engine/card_engine.h"
#include "engines.h"
#include "native_card.h"
#include "port.h"

namespace xesp::test {

std::unique_ptr<CardPort> make_port_under_test(uint64_t) {
  return std::make_unique<sim::NativeCard>();
}
std::unique_ptr<Engine> make_engine_under_test(uint64_t seed) {
  return make_card_engine(make_port_under_test(seed));
}
bool engine_is_rtl() {
  return false;
}

}  // namespace xesp::test
