// SPDX-License-Identifier: Apache-2.0
#include "engine/card_engine.h"
#include "engines.h"
#include "native_card.h"

namespace xesp::test {

std::unique_ptr<Engine> make_engine_under_test(uint64_t) {
  return make_card_engine(std::make_unique<sim::NativeCard>());
}
bool engine_is_rtl() {
  return false;
}

}  // namespace xesp::test
