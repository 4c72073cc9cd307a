// SPDX-License-Identifier: Apache-2.0
// out_sa_pair at the RTL against its native form: under random stalls, and a pair a clock where nothing stalls.
#include <gtest/gtest.h>

#include "Vout_sa_pair.h"
#include "bench.h"
#include "kernels.h"
#include "out_sa_traffic.h"
#include "pair_words.h"
#include "rtl_output.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

// The tables of the native form are static: so this is one test.
TEST(OutSaPairRtl, UnderStallsAndAPairAClock) {
  const uint64_t seed = kernel_test_seed();
  Vout_sa_pair dut;
  bench::Bench bench{dut, seed};
  OutSaTraffic traffic(seed);
  std::mt19937_64 random(seed);
  bench::Stream& req = bench.input("req", pair_bits(kReqBits), dut.req_TDATA, dut.req_TVALID, dut.req_TREADY);
  ReqPairStream native_req("req");
  RtlOutput<pair_bits(kEncBits)> enc(
      "enc", bench.output("enc", pair_bits(kEncBits), dut.enc_TDATA, dut.enc_TVALID, dut.enc_TREADY));
  RtlOutput<pair_bits(kKeyBits)> key(
      "key", bench.output("key", pair_bits(kKeyBits), dut.key_TDATA, dut.key_TVALID, dut.key_TREADY));
  RtlOutput<pair_bits(kHpBits)> hp("hp",
                                   bench.output("hp", pair_bits(kHpBits), dut.hp_TDATA, dut.hp_TVALID, dut.hp_TREADY));
  RtlOutput<pair_bits(kHdrBits)> hdr(
      "hdr", bench.output("hdr", pair_bits(kHdrBits), dut.hdr_TDATA, dut.hdr_TVALID, dut.hdr_TREADY));

  // So many descriptors; the clocks beyond one for each word that went in.
  const auto run = [&](size_t descriptors) {
    std::vector<std::vector<ap_uint<kReqBits>>> requests;
    std::vector<bool> packet;
    for (size_t i = 0; i < descriptors; ++i) {
      requests.emplace_back();
      for (const Req& r : traffic.next()) {
        requests.back().push_back(hls_util::pack<kReqBits>(r));
        if (r.last) packet.push_back(r.packet);
      }
    }
    const auto words = pair_words<kReqBits>(requests, packet);
    for (const PairWord<kReqBits>& w : words) {
      req.push(w);
      native_req.write(w);
      out_sa_pair(native_req, enc.native, key.native, hp.native, hdr.native);
    }
    const uint64_t before = bench.cycles();
    EXPECT_TRUE(bench.run_until([&] {
      return req.size() == 0 && enc.missing() + key.missing() + hp.missing() + hdr.missing() == 0;
    })) << bench.message();
    const uint64_t clocks = bench.cycles() - before;
    bench.run(20);  // nothing more comes
    hdr.expect_same();
    enc.expect_same();
    key.expect_same();
    hp.expect_same();
    return clocks - words.size();
  };

  bench.reset();
  for (size_t i = 0; i < 400; ++i) {
    bench.set_random_stalls();
    run(1 + random() % 2000);
    ASSERT_FALSE(HasFailure()) << bench.message();
  }
  EXPECT_GE(bench.cycles(), 400'000u);
  bench.set_stalls(0, 0);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_LE(run(2000), 40u) << "it stalls: the same SA's packets come one behind the other";
    ASSERT_FALSE(HasFailure()) << bench.message();
  }
}

}  // namespace
}  // namespace xesp::test
