// SPDX-License-Identifier: Apache-2.0
//
// A kernel natively beside its RTL: the same words in, the same words out.
#ifndef XESP_TESTS_XHLS_PAIR_H
#define XESP_TESTS_XHLS_PAIR_H

#include <gtest/gtest.h>
#include <hls_stream.h>
#include <xhls_fiber.h>

#include <cstdlib>
#include <random>

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

template <class Dut>
class Pair {
 public:
  explicit Pair(unsigned words) : bench_(dut_, seed_of_run()), random_(seed_of_run() + 1), words_(words) {
    const char* none[] = {"xhls_test"};
    dut_.contextp()->commandArgs(1, none);  // the RTL asks for plusargs
  }
  Dut& dut() { return dut_; }
  xesp::bench::Bench& bench() { return bench_; }

  // The same random words to both. Half of them come from few values, so that addresses and flags repeat.
  template <int W>
  void feed(hls::stream<ap_uint<W>>& native, xesp::bench::Stream& rtl) {
    for (unsigned i = 0; i < words_; ++i) {
      xesp::bench::Word w((W + 31) / 32);
      for (uint32_t& part : w) {
        part = static_cast<uint32_t>(random_());
        if (random_() % 2) part &= 0xc3010183;
      }
      if (W % 32 != 0) w.back() &= (1u << (W % 32)) - 1;
      native.write(xesp::bench::from_word<W>(w));
      rtl.push(w);
    }
  }

  // What the native kernel wrote is what the RTL writes, and no more.
  template <int W>
  void compare(const char* name, hls::stream<ap_uint<W>>& native, xesp::bench::Stream& rtl) {
    const size_t expected = native.size();
    ASSERT_TRUE(bench_.run_until([&] { return rtl.size() >= expected; })) << name << ": " << bench_.message();
    bench_.run(100);
    ASSERT_EQ(rtl.size(), expected) << name << ": " << bench_.message();
    for (size_t i = 0; i < expected; ++i) {
      const ap_uint<W> want = native.read(), got = rtl.pop<W>();
      ASSERT_EQ(want, got) << name << ", word " << i << ", " << bench_.message();
    }
  }

 private:
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
#define XHLS_KERNEL_TEST(DUT, K, PORTS)                   \
  TEST(Xhls, K) {                                         \
    xhls_test::Pair<DUT> pair(4000);                      \
    PORTS(XHLS_NATIVE, XHLS_NATIVE)                       \
    PORTS(K##_IN, K##_OUT)                                \
    pair.bench().set_random_stalls();                     \
    pair.bench().reset();                                 \
    PORTS(XHLS_FEED, XHLS_NOTHING)                        \
    xhls_test::run_native(K PORTS(XHLS_PASS, XHLS_PASS)); \
    PORTS(XHLS_NOTHING, XHLS_COMPARE)                     \
  }

#endif
