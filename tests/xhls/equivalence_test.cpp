// SPDX-License-Identifier: Apache-2.0
//
// Each little kernel natively against its RTL, under random stalls. bind.sh makes the tests.
#include "Vall_kernels.h"
#include "pair.h"

#include "all_kernels.inc"

#ifdef BITWORK_PORTS  // mutants/run has a kernel at a time
// A call a clock when nothing stalls: the longest of the pipelines has room behind it for all that is in it.
TEST(Rate, ACallAClockWhereNothingStalls) {
  constexpr unsigned kWords = 4000;
  xhls_test::Pair<Vall_kernels> pair(kWords);
  auto& in = pair.bench().input("in", 128, pair.dut().bitwork_in_TDATA, pair.dut().bitwork_in_TVALID,
                                pair.dut().bitwork_in_TREADY);
  auto& out = pair.bench().output("out", 320, pair.dut().bitwork_out_TDATA, pair.dut().bitwork_out_TVALID,
                                  pair.dut().bitwork_out_TREADY);
  pair.bench().set_stalls(0, 0);
  pair.bench().reset();
  for (unsigned i = 0; i < kWords; ++i) in.push(xesp::bench::Word{i, ~i, 3 * i, 5});
  const uint64_t before = pair.bench().cycles();
  ASSERT_TRUE(pair.bench().run_until([&] { return out.size() == kWords; })) << pair.bench().message();
  EXPECT_LE(pair.bench().cycles() - before, kWords + 64) << "its pipeline is some 40 clocks long";
}
#endif
