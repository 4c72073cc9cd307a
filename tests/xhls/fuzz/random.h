// SPDX-License-Identifier: Apache-2.0
//
// Choices of the kernel generator, all from one seed.
#ifndef XESP_TESTS_XHLS_FUZZ_RANDOM_H
#define XESP_TESTS_XHLS_FUZZ_RANDOM_H

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace xhls_fuzz {

class Random {
 public:
  explicit Random(uint64_t seed, uint64_t attempt) {
    std::seed_seq words{seed, seed >> 32, attempt};
    engine_.seed(words);
  }
  uint64_t bits() { return engine_(); }
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  int between(int low, int high) { return low + below(high - low + 1); }
  bool one_in(int n) { return below(n) == 0; }
  template <class T>
  T& of(std::vector<T>& v) {
    return v[static_cast<size_t>(below(static_cast<int>(v.size())))];
  }
  template <class T>
  const T& of(const std::vector<T>& v) {
    return v[static_cast<size_t>(below(static_cast<int>(v.size())))];
  }

  // 1 to `most` bits; small ones and the neighbours of powers of two more often.
  int width(int most) {
    int w;
    switch (below(8)) {
      case 0:
      case 1:
        w = between(1, 16);
        break;
      case 2:
      case 3:
        w = (1 << below(11)) + between(-1, 1);
        break;
      case 4:
      case 5:
        w = between(1, 72);
        break;
      case 6:
        w = between(1, 300);
        break;
      default:
        w = between(1, 1024);
    }
    if (w > most) w = between(1, most);
    return std::max(w, 1);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace xhls_fuzz

#endif
