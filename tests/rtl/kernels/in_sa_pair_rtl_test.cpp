// SPDX-License-Identifier: Apache-2.0
// in_sa_pair at the RTL against its native form: under random stalls, and a pair a clock where nothing stalls.
#include <gtest/gtest.h>

#include "Vin_sa_pair.h"
#include "bench.h"
#include "esn.h"
#include "in_sa_traffic.h"
#include "kernels.h"
#include "rtl_output.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

// The tables of the native form are static: so this is one test.
TEST(InSaPairRtl, UnderStallsAndAPairAClock) {
  const uint64_t seed = kernel_test_seed();
  Vin_sa_pair dut;
  bench::Bench bench{dut, seed};
  InSaTraffic traffic(seed);
  std::mt19937_64 random(seed);
  bench::Stream& req = bench.input("req", pair_bits(kReqBits), dut.req_TDATA, dut.req_TVALID, dut.req_TREADY);
  bench::Stream& top = bench.input("top", pair_bits(kTopBits), dut.top_TDATA, dut.top_TVALID, dut.top_TREADY);
  ReqPairStream native_req("req");
  TopPairStream native_top("top");
  RtlOutput<pair_bits(kStripBits)> strip(
      "strip", bench.output("strip", pair_bits(kStripBits), dut.strip_TDATA, dut.strip_TVALID, dut.strip_TREADY));
  RtlOutput<pair_bits(kKeyBits)> key(
      "key", bench.output("key", pair_bits(kKeyBits), dut.key_TDATA, dut.key_TVALID, dut.key_TREADY));
  RtlOutput<pair_bits(kHpBits)> hp("hp",
                                   bench.output("hp", pair_bits(kHpBits), dut.hp_TDATA, dut.hp_TVALID, dut.hp_TREADY));
  RtlOutput<pair_bits(kRelBits)> rel(
      "rel", bench.output("rel", pair_bits(kRelBits), dut.rel_TDATA, dut.rel_TVALID, dut.rel_TREADY));

  // So many descriptors; the clocks beyond one for each word that went in. The first ones before any word comes back.
  const auto run = [&](size_t descriptors, bool begin = false) {
    const InSaTraffic::Run r = traffic.run(descriptors, begin);
    if (!begin)
      for (const auto& word : r.top_pairs) {
        top.push(word);
        native_top.write(word);
      }
    const auto words = pair_words<kReqBits>(r.requests, r.packet);
    for (const auto& word : words) {
      req.push(word);
      native_req.write(word);
      in_sa_pair(native_req, native_top, strip.native, key.native, hp.native, rel.native);
    }
    const uint64_t before = bench.cycles();
    EXPECT_TRUE(bench.run_until([&] {
      return req.size() == 0 && strip.missing() + key.missing() + hp.missing() + rel.missing() == 0;
    })) << bench.message();
    const uint64_t clocks = bench.cycles() - before;
    bench.run(20);  // nothing more comes
    rel.expect_same();
    strip.expect_same();
    key.expect_same();
    hp.expect_same();
    return clocks - words.size();
  };

  bench.reset();
  run(esn::kPairLag, true);
  for (size_t i = 0; i < 40; ++i) {
    bench.set_random_stalls();
    run(1 + random() % 2000);
    ASSERT_FALSE(HasFailure()) << bench.message();
  }
  bench.set_stalls(0, 0);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_LE(run(2000), 40u);
    ASSERT_FALSE(HasFailure()) << bench.message();
  }
}

}  // namespace
}  // namespace xesp::test
