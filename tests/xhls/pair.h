// SPDX-License-Identifier: Apache-2.0
//
// A kernel natively beside its RTL: the same words in, the same words out.
#ifndef XESP_TESTS_XHLS_PAIR_H
#define XESP_TESTS_XHLS_PAIR_H

#include <gtest/gtest.h>
#include <hls_stream.h>
#include <verilated.h>
#include <xhls_fiber.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "bench.h"

namespace xhls_test {

// Seed of this run; XHLS_SEED repeats one that a failure printed.
inline uint64_t seed_of_run() {
  static const uint64_t seed = [] {
    const char* fixed = std::getenv("XHLS_SEED");
    return fixed ? std::strtoull(fixed, nullptr, 0) : std::random_device{}();
  }();
  return seed;
}

using Word = xesp::bench::Word;

// Streams are of whole bytes, and so _BitInt has no padding within them.
template <int W>
ap_uint<W> from_word(const Word& w) {
  ap_uint<W> v = 0;
  std::memcpy(&v.V, w.data(), W / 8);
  return v;
}
template <int W>
Word to_word(const ap_uint<W>& v) {
  Word w((W + 31) / 32);
  std::memcpy(w.data(), &v.V, W / 8);
  return w;
}

// What no reset reaches differs from run to run: to be set before there is a model.
struct RandomReset {
  RandomReset() {
    Verilated::threadContextp()->randReset(2);
    Verilated::threadContextp()->randSeed(static_cast<int>(seed_of_run() & 0x7fffffff));
  }
};

template <class Dut>
class Pair : private RandomReset {
 public:
  explicit Pair(unsigned words) : bench_(dut_, seed_of_run()), random_(seed_of_run() + 1), words_(words) {
    const char* none[] = {"xhls_test"};
    dut_.contextp()->commandArgs(1, none);  // the RTL asks for plusargs
  }
  Dut& dut() { return dut_; }
  xesp::bench::Bench& bench() { return bench_; }

  // The same random words to both.
  template <int W>
  void feed(hls::stream<ap_uint<W>>& native, xesp::bench::Stream& rtl) {
    for (const Word& w : words(W)) {
      native.write(from_word<W>(w));
      rtl.push(w);
    }
  }

  // What the native kernel wrote is what the RTL writes, and no more.
  template <int W>
  void compare(const char* name, hls::stream<ap_uint<W>>& native, xesp::bench::Stream& rtl) {
    std::vector<Word> want(native.size());
    for (Word& w : want) w = to_word<W>(native.read());
    compare(name, want, rtl);
  }

 private:
  // Half of them come from few values, so that addresses and flags repeat, and some are the word before with a change.
  std::vector<Word> words(unsigned width) {
    std::vector<Word> list;
    for (unsigned i = 0; i < words_; ++i) {
      Word w((width + 31) / 32);
      const bool again = i > 0 && random_() % 4 == 0;
      for (size_t k = 0; k < w.size(); ++k) {
        w[k] = static_cast<uint32_t>(random_());
        if (random_() % 2) w[k] &= 0xc3010183;
        if (again && random_() % 8) w[k] = list.back()[k];
      }
      if (width % 32 != 0) w.back() &= (1u << (width % 32)) - 1;
      list.push_back(std::move(w));
    }
    return list;
  }

  static std::string hex(const Word& w) {
    std::string s;
    char part[12];
    for (size_t i = w.size(); i-- > 0;) {
      std::snprintf(part, sizeof part, "%08x", w[i]);
      s += part;
    }
    return s;
  }

  void compare(const char* name, const std::vector<Word>& want, xesp::bench::Stream& rtl) {
    ASSERT_TRUE(bench_.run_until([&] { return rtl.size() >= want.size(); })) << name << ": " << bench_.message();
    bench_.run(100);
    ASSERT_EQ(rtl.size(), want.size()) << name << ": " << bench_.message();
    std::set<Word> different;
    for (size_t i = 0; i < want.size(); ++i) {
      const Word got = rtl.pop();
      ASSERT_EQ(hex(want[i]), hex(got)) << name << ", word " << i << ", " << bench_.message();
      if (different.size() < 8) different.insert(got);
    }
    // A kernel that says nothing tests nothing. Of random ones a few may; fuzz.sh counts them.
#ifdef XHLS_RANDOM
    if (want.size() < words_ / 50 || different.size() < 2) std::cout << "dull: " << name << '\n';
#else
    EXPECT_GE(want.size(), words_ / 50) << name << " is hardly written";
    EXPECT_GE(different.size(), 2u) << name << " is constant";
#endif
  }

  Dut dut_;
  xesp::bench::Bench bench_;
  std::mt19937_64 random_;
  unsigned words_;
};

template <class F, class... S>
void run_native(F kernel, S&... streams) {
  xhls::Fibers fibers;
  fibers.add([&] { kernel(streams...); });
  fibers.run_until_idle();
}

}  // namespace xhls_test

// XHLS_KERNEL_TEST(kernel, KERNEL_PORTS): the model DUT has the kernel's ports with its name before them. K_IN and
// K_OUT must be defined as XHLS_RTL_IN and XHLS_RTL_OUT of that kernel, for a macro cannot pass its own argument on.
// NOLINTNEXTLINE(bugprone-macro-parentheses): a type's argument takes none
#define XHLS_NATIVE(name, width) hls::stream<ap_uint<width>> n_##name{#name};
#define XHLS_PASS(name, width) , n_##name
#define XHLS_NOTHING(name, width)
#define XHLS_FEED(name, width) pair.feed(n_##name, r_##name);
#define XHLS_COMPARE(name, width) pair.compare(#name, n_##name, r_##name);
#define XHLS_RTL_IN(K, name, width)                                                                                \
  auto& r_##name = pair.bench().input(#name, width, pair.dut().K##_##name##_TDATA, pair.dut().K##_##name##_TVALID, \
                                      pair.dut().K##_##name##_TREADY);
#define XHLS_RTL_OUT(K, name, width)                                                                                \
  auto& r_##name = pair.bench().output(#name, width, pair.dut().K##_##name##_TDATA, pair.dut().K##_##name##_TVALID, \
                                       pair.dut().K##_##name##_TREADY);
#ifndef XHLS_WORDS
#define XHLS_WORDS 4000
#endif
#define XHLS_KERNEL_TEST(DUT, K, PORTS)                   \
  TEST(Xhls, K) {                                         \
    xhls_test::Pair<DUT> pair(XHLS_WORDS);                \
    PORTS(XHLS_NATIVE, XHLS_NATIVE)                       \
    PORTS(K##_IN, K##_OUT)                                \
    pair.bench().set_random_stalls();                     \
    pair.bench().reset();                                 \
    PORTS(XHLS_FEED, XHLS_NOTHING)                        \
    xhls_test::run_native(K PORTS(XHLS_PASS, XHLS_PASS)); \
    PORTS(XHLS_NOTHING, XHLS_COMPARE)                     \
  }

#endif
