// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_CARD_ENGINES_H
#define XESP_TESTS_CARD_ENGINES_H

#include <cstdint>
#include <memory>

#include "xesp/engine.h"

namespace xesp::test {

/// The engine that this build of the suite tests: cards_native.cpp gives the kernels in native form, cards_rtl.cpp the
/// Verilated card with random stalls on every stream of memory from `seed` (0: none).
std::unique_ptr<Engine> make_engine_under_test(uint64_t seed);

/// Seed of this run: XESP_TEST_SEED, or one of today's; printed once so that a failure can be repeated.
uint64_t test_seed();

/// True where packets are simulated clock by clock, so that a test may choose smaller numbers.
bool engine_is_rtl();

}  // namespace xesp::test
#endif
