// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <random>

#include "engines.h"

namespace xesp::test {

uint64_t test_seed() {
  static const uint64_t seed = [] {
    const char* given = std::getenv("XESP_TEST_SEED");
    const uint64_t s = given ? std::strtoull(given, nullptr, 0) : std::random_device{}();
    std::printf("seed %llu (repeat with XESP_TEST_SEED)\n", static_cast<unsigned long long>(s));
    return s;
  }();
  return seed;
}

}  // namespace xesp::test
