// SPDX-License-Identifier: Apache-2.0
//
// An output of a kernel for one descriptor, and of the one for pairs: what the first says of a run's descriptors one by
// one is what the other must say.
#ifndef XESP_TESTS_RTL_KERNELS_PAIR_OUTPUT_H
#define XESP_TESTS_RTL_KERNELS_PAIR_OUTPUT_H

#include <gtest/gtest.h>
#include <hls_stream.h>

#include <vector>

#include "pair_words.h"

namespace xesp::test {

template <int W>
struct PairOutput {
  explicit PairOutput(const char* name) : one(name), pair(name) {}
  hls::stream<ap_uint<W>> one;
  hls::stream<PairWord<W>> pair;
  std::vector<std::vector<ap_uint<W>>> words;  // that came of each descriptor

  const ap_uint<W>& take() {
    words.push_back({one.read()});
    return words.back()[0];
  }
  void expect(const std::vector<bool>& packet) {
    size_t at = 0;
    for (const PairWord<W>& want : pair_words<W>(words, packet)) {
      ASSERT_FALSE(pair.empty()) << pair.name() << ", word " << at;
      ASSERT_TRUE(pair.read() == want) << pair.name() << ", word " << at;
      ++at;
    }
    ASSERT_TRUE(pair.empty()) << pair.name();
    words.clear();
  }
};

}  // namespace xesp::test
#endif
