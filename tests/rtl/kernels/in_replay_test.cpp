// SPDX-License-Identifier: Apache-2.0
// in_replay natively, called for each descriptor: ten million numbers, every size of window.
#include <gtest/gtest.h>

#include "kernels.h"
#include "replay_traffic.h"

namespace xesp::test {
namespace {

using namespace xesp::streams;

TEST(InReplay, TenMillionNumbersInWindowsOfEverySize) {
  constexpr size_t kNumbers = 10'000'000;
  ReplayTraffic traffic(kernel_test_seed(), kNumbers / abi::kMaxReplayWindow * 9 / 10);
  ChkStream chk("chk");
  RelStream rel("rel");
  VerdictStream verdict("verdict");
  TopStream top("top");
  size_t by_reason[abi::kDropReasonCount] = {}, soft = 0, hard = 0;
  for (size_t i = 0; i < kNumbers; ++i) {
    const ReplayStep step = traffic.next();
    chk.write(hls_util::pack<kChkBits>(step.chk));
    rel.write(hls_util::pack<kRelBits>(step.rel));
    in_replay(chk, rel, verdict, top);
    expect_step(step, hls_util::unpack<Verdict>(verdict.read()), hls_util::unpack<Top>(top.read()));
    ASSERT_FALSE(HasFatalFailure()) << "step " << i << ", op " << step.rel.op.to_uint() << ", SA "
                                    << step.rel.sa_index.to_uint() << ", number " << step.rel.seq.to_uint64();
    ++by_reason[step.status];
    soft += step.events & abi::kEventSoft;
    hard += (step.events & abi::kEventHard) != 0;
  }
  EXPECT_GE(traffic.installed(), abi::kMaxReplayWindow) << "some sizes did not come";
  for (const auto reason : {abi::kOk, abi::kDropReplay, abi::kDropReplayOld, abi::kDropExpired, abi::kDropIcv})
    EXPECT_GT(by_reason[reason], kNumbers / 100) << "reason " << reason << " hardly came";
  EXPECT_GT(soft, 300u);
  EXPECT_GT(hard, 300u);
}

}  // namespace
}  // namespace xesp::test
