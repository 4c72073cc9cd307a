// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_RTL_KERNELS_KERNEL_SEED_H
#define XESP_TESTS_RTL_KERNELS_KERNEL_SEED_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace xesp::test {

inline uint64_t kernel_test_seed() {
  const char* given = std::getenv("XESP_TEST_SEED");
  const uint64_t seed = given ? std::strtoull(given, nullptr, 0) : std::random_device{}();
  std::printf("seed %llu (repeat with XESP_TEST_SEED)\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace xesp::test
#endif
