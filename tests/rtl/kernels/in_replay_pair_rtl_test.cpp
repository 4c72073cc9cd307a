// SPDX-License-Identifier: Apache-2.0
// in_replay_pair at the RTL against its native form: under random stalls, and a pair a clock where nothing stalls.
#include <gtest/gtest.h>

#include "Vin_replay_pair.h"
#include "bench.h"
#include "kernels.h"
#include "pair_words.h"
#include "replay_scramble.h"
#include "replay_traffic.h"
#include "rtl_output.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

// The tables of the native form are static: so this is one test.
TEST(InReplayPairRtl, UnderStallsAndAPairAClock) {
  const uint64_t seed = kernel_test_seed();
  Vin_replay_pair dut;
  bench::Bench bench{dut, seed};
  ReplayTraffic traffic(seed, 100);
  std::mt19937_64 random(seed);
  bench::Stream& chk = bench.input("chk", pair_bits(kChkBits), dut.chk_TDATA, dut.chk_TVALID, dut.chk_TREADY);
  bench::Stream& rel = bench.input("rel", pair_bits(kRelBits), dut.rel_TDATA, dut.rel_TVALID, dut.rel_TREADY);
  ChkPairStream native_chk("chk");
  RelPairStream native_rel("rel");
  RtlOutput<pair_bits(kVerdictBits)> verdict(
      "verdict",
      bench.output("verdict", pair_bits(kVerdictBits), dut.verdict_TDATA, dut.verdict_TVALID, dut.verdict_TREADY));
  RtlOutput<pair_bits(kTopBits)> top(
      "top", bench.output("top", pair_bits(kTopBits), dut.top_TDATA, dut.top_TVALID, dut.top_TREADY));

  // So many descriptors; the clocks beyond one for each word that went in.
  const auto run = [&](size_t descriptors) {
    std::vector<std::vector<ap_uint<kChkBits>>> chks;
    std::vector<std::vector<ap_uint<kRelBits>>> rels;
    std::vector<bool> packet;
    for (size_t i = 0; i < descriptors; ++i) {
      ReplayStep s = traffic.next();
      if (random() % 8 == 0) scramble(s.chk, s.rel, random);
      packet.push_back(s.rel.op == abi::kOpPacket);
      chks.push_back({hls_util::pack<kChkBits>(s.chk)});
      rels.push_back({hls_util::pack<kRelBits>(s.rel)});
    }
    for (const auto& w : pair_words<kChkBits>(chks, packet)) {
      chk.push(w);
      native_chk.write(w);
    }
    for (const auto& w : pair_words<kRelBits>(rels, packet)) {
      rel.push(w);
      native_rel.write(w);
      in_replay_pair(native_chk, native_rel, verdict.native, top.native);
    }
    const size_t words = verdict.native.size();
    const uint64_t before = bench.cycles();
    EXPECT_TRUE(bench.run_until([&] { return verdict.missing() + top.missing() == 0; })) << bench.message();
    const uint64_t clocks = bench.cycles() - before;
    bench.run(20);  // nothing more comes
    verdict.expect_same();
    top.expect_same();
    return clocks - words;
  };

  bench.reset();
  for (size_t i = 0; i < 60; ++i) {
    bench.set_random_stalls();
    run(1 + random() % 3000);
    ASSERT_FALSE(HasFailure()) << bench.message();
  }
  bench.set_stalls(0, 0);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_LE(run(4000), 40u) << "it stalls: the same SA's packets come one behind the other";
    ASSERT_FALSE(HasFailure()) << bench.message();
  }
}

}  // namespace
}  // namespace xesp::test
