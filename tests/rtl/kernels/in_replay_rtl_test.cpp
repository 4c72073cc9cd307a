// SPDX-License-Identifier: Apache-2.0
// in_replay at the RTL: the same traffic under random stalls, and a packet a clock where nothing stalls.
#include <gtest/gtest.h>

#include "Vin_replay.h"
#include "bench.h"
#include "replay_traffic.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

struct InReplayRtl : testing::Test {
  const uint64_t seed = kernel_test_seed();
  Vin_replay dut;
  bench::Bench bench{dut, seed};
  bench::Stream& chk = bench.input("chk", kChkBits, dut.chk_TDATA, dut.chk_TVALID, dut.chk_TREADY);
  bench::Stream& rel = bench.input("rel", kRelBits, dut.rel_TDATA, dut.rel_TVALID, dut.rel_TREADY);
  bench::Stream& verdict =
      bench.output("verdict", kVerdictBits, dut.verdict_TDATA, dut.verdict_TVALID, dut.verdict_TREADY);
  bench::Stream& top = bench.output("top", kTopBits, dut.top_TDATA, dut.top_TVALID, dut.top_TREADY);

  // So many of them; the clocks they took.
  uint64_t run(ReplayTraffic& traffic, size_t count) {
    std::vector<ReplayStep> steps;
    for (size_t i = 0; i < count; ++i) {
      steps.push_back(traffic.next());
      chk.push(hls_util::pack<kChkBits>(steps.back().chk));
      rel.push(hls_util::pack<kRelBits>(steps.back().rel));
    }
    const uint64_t before = bench.cycles();
    EXPECT_TRUE(bench.run_until([&] { return verdict.size() == count && top.size() == count; })) << bench.message();
    const uint64_t clocks = bench.cycles() - before;
    for (size_t i = 0; i < count; ++i) {
      expect_step(steps[i], hls_util::unpack<Verdict>(verdict.pop<kVerdictBits>()),
                  hls_util::unpack<Top>(top.pop<kTopBits>()));
      if (HasFatalFailure()) {
        ADD_FAILURE() << "step " << i << ", " << bench.message();
        break;
      }
    }
    return clocks;
  }
};

TEST_F(InReplayRtl, TwoHundredThousandNumbersUnderStalls) {
  ReplayTraffic traffic(seed, 400);
  bench.reset();
  for (size_t i = 0; i < 40 && !HasFatalFailure(); ++i) {
    bench.set_random_stalls();
    run(traffic, 5000);
  }
  EXPECT_GE(bench.cycles(), 200'000u);
}

TEST_F(InReplayRtl, TwoHundredThousandNumbersOneAClock) {
  ReplayTraffic traffic(seed, 400);
  bench.reset();
  for (size_t i = 0; i < 40 && !HasFatalFailure(); ++i) {
    EXPECT_LE(run(traffic, 5000), 5000u + 40) << "it stalls: the same SA's packets come one behind the other";
  }
}

}  // namespace
}  // namespace xesp::test
