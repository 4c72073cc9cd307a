// SPDX-License-Identifier: Apache-2.0
//
// An output of a kernel's native form and of its RTL.
#ifndef XESP_TESTS_RTL_KERNELS_RTL_OUTPUT_H
#define XESP_TESTS_RTL_KERNELS_RTL_OUTPUT_H

#include <gtest/gtest.h>
#include <hls_stream.h>

#include <algorithm>

#include "bench.h"

namespace xesp::test {

template <int BITS>
struct RtlOutput {
  RtlOutput(const char* name, bench::Stream& s) : native(name), rtl(s) {}
  hls::stream<ap_uint<BITS>> native;
  bench::Stream& rtl;

  size_t missing() const { return native.size() - std::min(native.size(), rtl.size()); }
  void expect_same() {
    for (size_t at = 0; !native.empty(); ++at)
      ASSERT_EQ(rtl.pop(), bench::to_word(native.read())) << rtl.name() << ", word " << at;
    ASSERT_EQ(rtl.size(), 0u) << rtl.name();
  }
};

}  // namespace xesp::test
#endif
