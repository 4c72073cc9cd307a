// SPDX-License-Identifier: Apache-2.0
//
// The words of a run's descriptors as pair words (hls/kernels/pair.h), grouped as the lanes' merge does it.
#ifndef XESP_TESTS_RTL_KERNELS_PAIR_WORDS_H
#define XESP_TESTS_RTL_KERNELS_PAIR_WORDS_H

#include <cstddef>
#include <vector>

#include "pair.h"

namespace xesp::test {

template <int W>
using PairWord = ap_uint<streams::pair_bits(W)>;

template <int W>
PairWord<W> both_words(const ap_uint<W>& even, const ap_uint<W>& odd) {
  streams::Pair<W> p;
  p.even = even;
  p.odd = odd;
  p.has_even = p.has_odd = 1;
  return hls_util::pack<streams::pair_bits(W)>(p);
}

template <int W>
PairWord<W> word_alone(const ap_uint<W>& word, bool is_odd) {
  streams::Pair<W> p;
  p.even = is_odd ? ap_uint<W>(0) : word;
  p.odd = is_odd ? word : ap_uint<W>(0);
  p.has_even = !is_odd;
  p.has_odd = is_odd;
  return hls_util::pack<streams::pair_bits(W)>(p);
}

// `words` of each descriptor of a run in one stream; two packets travel together.
template <int W>
std::vector<PairWord<W>> pair_words(const std::vector<std::vector<ap_uint<W>>>& words,
                                    const std::vector<bool>& packet) {
  std::vector<PairWord<W>> pairs;
  for (size_t i = 0; i < words.size(); i += 2) {
    if (i + 1 < words.size() && packet[i] && packet[i + 1]) {
      pairs.push_back(both_words<W>(words[i][0], words[i + 1][0]));
      continue;
    }
    for (const auto& w : words[i]) pairs.push_back(word_alone<W>(w, false));
    if (i + 1 < words.size())
      for (const auto& w : words[i + 1]) pairs.push_back(word_alone<W>(w, true));
  }
  return pairs;
}

}  // namespace xesp::test
#endif
