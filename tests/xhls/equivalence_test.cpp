// SPDX-License-Identifier: Apache-2.0
//
// Each little kernel natively against its RTL: same words in, same words out, under random stalls. XHLS_SEED repeats a
// run with the seed that a failure printed.
#include <gtest/gtest.h>
#include <xhls_fiber.h>

#include <cstdlib>

#include "Vall_kernels.h"
#include "arithmetic_ports.h"
#include "bench.h"
#include "bitwork_ports.h"
#include "clmul_ports.h"
#include "compares_ports.h"
#include "counters_ports.h"
#include "delay_line_ports.h"
#include "flush_ports.h"
#include "kernels/kernels.h"
#include "memory_ports.h"
#include "modules_ports.h"
#include "record_ports.h"
#include "shifts_ports.h"
#include "sometimes_ports.h"
#include "tables_ports.h"

namespace {

using xesp::bench::Bench;
using xesp::bench::Word;

uint64_t seed_of_run() {
  static const uint64_t seed = [] {
    const char* fixed = std::getenv("XHLS_SEED");
    return fixed ? std::strtoull(fixed, nullptr, 0) : std::random_device{}();
  }();
  return seed;
}

// One kernel: native streams beside those of the RTL.
class Pair {
 public:
  explicit Pair(unsigned words) : bench_(dut_, seed_of_run()), random_(seed_of_run() + 1), words_(words) {
    const char* none[] = {"xhls_test"};
    dut_.contextp()->commandArgs(1, none);  // the RTL asks for plusargs
    bench_.set_random_stalls();
    bench_.reset();
  }
  Vall_kernels& dut() { return dut_; }
  Bench& bench() { return bench_; }
  void restall() { bench_.set_random_stalls(); }

  // The same random words to both. Half of the bytes come from few values, so that addresses and flags repeat.
  template <int W>
  void feed(hls::stream<ap_uint<W>>& native, xesp::bench::Stream& rtl) {
    for (unsigned i = 0; i < words_; ++i) {
      Word w(W / 32 + (W % 32 != 0));
      for (uint32_t& part : w)
        part = random_() % 2 ? static_cast<uint32_t>(random_()) : static_cast<uint32_t>(random_()) & 0xc3010183;
      if (W % 32 != 0) w.back() &= (1u << (W % 32)) - 1;
      native.write(xesp::bench::from_word<W>(w));
      rtl.push(w);
    }
  }
  // What the native kernel wrote is what the RTL writes, and no more.
  template <int W>
  void compare(const char* name, hls::stream<ap_uint<W>>& native, xesp::bench::Stream& rtl) {
    const size_t expected = native.size();
    EXPECT_GT(expected, 0u) << name;
    ASSERT_TRUE(bench_.run_until([&] { return rtl.size() >= expected; })) << name << ": " << bench_.message();
    bench_.run(100);
    ASSERT_EQ(rtl.size(), expected) << name << ": " << bench_.message();
    for (size_t i = 0; i < expected; ++i) {
      const ap_uint<W> want = native.read(), got = rtl.pop<W>();
      ASSERT_EQ(want, got) << name << ", word " << i << ", " << bench_.message();
    }
  }

 private:
  Vall_kernels dut_;
  Bench bench_;
  std::mt19937_64 random_;
  unsigned words_;
};

template <class F, class... S>
void run_native(F kernel, S&... streams) {
  xhls::Fibers fibers;
  fibers.add([&] { kernel(streams...); });
  fibers.run_until_idle();
}

}  // namespace

#define NATIVE(name, width) hls::stream<ap_uint<width>> n_##name{#name};
#define PASS(name, width) , n_##name
#define NOTHING(name, width)
#define FEED(name, width) pair.feed(n_##name, r_##name);
#define COMPARE(name, width) pair.compare(#name, n_##name, r_##name);

#define KERNEL_TEST(K, PORTS)        \
  TEST(Xhls, K) {                    \
    Pair pair(4000);                 \
    PORTS(NATIVE, NATIVE)            \
    PORTS(K##_IN, K##_OUT)           \
    PORTS(FEED, NOTHING)             \
    run_native(K PORTS(PASS, PASS)); \
    PORTS(NOTHING, COMPARE)          \
  }

#define RTL_IN(K, name, width)                                                                                     \
  auto& r_##name = pair.bench().input(#name, width, pair.dut().K##_##name##_TDATA, pair.dut().K##_##name##_TVALID, \
                                      pair.dut().K##_##name##_TREADY);
#define RTL_OUT(K, name, width)                                                                                     \
  auto& r_##name = pair.bench().output(#name, width, pair.dut().K##_##name##_TDATA, pair.dut().K##_##name##_TVALID, \
                                       pair.dut().K##_##name##_TREADY);

#define arithmetic_IN(n, w) RTL_IN(arithmetic, n, w)
#define arithmetic_OUT(n, w) RTL_OUT(arithmetic, n, w)
KERNEL_TEST(arithmetic, ARITHMETIC_PORTS)
#define shifts_IN(n, w) RTL_IN(shifts, n, w)
#define shifts_OUT(n, w) RTL_OUT(shifts, n, w)
KERNEL_TEST(shifts, SHIFTS_PORTS)
#define record_IN(n, w) RTL_IN(record, n, w)
#define record_OUT(n, w) RTL_OUT(record, n, w)
KERNEL_TEST(record, RECORD_PORTS)
#define sometimes_IN(n, w) RTL_IN(sometimes, n, w)
#define sometimes_OUT(n, w) RTL_OUT(sometimes, n, w)
KERNEL_TEST(sometimes, SOMETIMES_PORTS)
#define flush_IN(n, w) RTL_IN(flush, n, w)
#define flush_OUT(n, w) RTL_OUT(flush, n, w)
KERNEL_TEST(flush, FLUSH_PORTS)
#define tables_IN(n, w) RTL_IN(tables, n, w)
#define tables_OUT(n, w) RTL_OUT(tables, n, w)
KERNEL_TEST(tables, TABLES_PORTS)
#define counters_IN(n, w) RTL_IN(counters, n, w)
#define counters_OUT(n, w) RTL_OUT(counters, n, w)
KERNEL_TEST(counters, COUNTERS_PORTS)
#define memory_IN(n, w) RTL_IN(memory, n, w)
#define memory_OUT(n, w) RTL_OUT(memory, n, w)
KERNEL_TEST(memory, MEMORY_PORTS)
#define modules_IN(n, w) RTL_IN(modules, n, w)
#define modules_OUT(n, w) RTL_OUT(modules, n, w)
KERNEL_TEST(modules, MODULES_PORTS)
#define bitwork_IN(n, w) RTL_IN(bitwork, n, w)
#define bitwork_OUT(n, w) RTL_OUT(bitwork, n, w)
KERNEL_TEST(bitwork, BITWORK_PORTS)
#define clmul_IN(n, w) RTL_IN(clmul, n, w)
#define clmul_OUT(n, w) RTL_OUT(clmul, n, w)
KERNEL_TEST(clmul, CLMUL_PORTS)
#define compares_IN(n, w) RTL_IN(compares, n, w)
#define compares_OUT(n, w) RTL_OUT(compares, n, w)
KERNEL_TEST(compares, COMPARES_PORTS)
#define delay_line_IN(n, w) RTL_IN(delay_line, n, w)
#define delay_line_OUT(n, w) RTL_OUT(delay_line, n, w)
KERNEL_TEST(delay_line, DELAY_LINE_PORTS)
