// SPDX-License-Identifier: Apache-2.0
// A simulator that answers XRT with nonsense, from its first reply or a later one on: whatever XRT makes of it, the
// worker's owner hears of it in time and by an error, or was given what a card could give; and nothing is left behind.
#include <chrono>
#include <random>

#include "loopback_fixture.h"
#include "process_tree.h"

namespace xesp::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class SimulatorAnswers : public Loopback, public testing::WithParamInterface<const char*> {
 protected:
  static CardOptions wrong() {
    CardOptions o = options();
    o.xclbin = XESP_WRONG_SIMULATOR_XCLBIN;
    o.open_timeout = 3s;
    o.run_timeout = 500ms;
    return o;
  }

  /// How many batches of a card came back before an error, or all of them.
  static size_t batches_through() {
    constexpr size_t kBatches = 4;
    size_t through = 0;
    try {
      CardDevice card(wrong());
      for (; through < kBatches; ++through) {
        fill(card, Direction::kOut, {64, 1000, 9000}, static_cast<uint32_t>(through));
        card.run(Direction::kOut, 3, 64 + 1024 + 9024, 64 + 1024 + 9024);
        card.registers(Direction::kOut);
      }
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()), "");
      EXPECT_TRUE(error.code() == ErrorCode::kIo || error.code() == ErrorCode::kData ||
                  error.code() == ErrorCode::kUnavailable)
          << error.what();
    }
    return through;
  }
};

TEST_P(SimulatorAnswers, NonsenseEndsInAnErrorInTime) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("XESP_WRONG_SEED=" + std::to_string(seed));
  const Variable way("XESP_WRONG_REPLY", GetParam()), bytes("XESP_WRONG_SEED", std::to_string(seed).c_str());
  for (const int from : {1, 4, 11, 26}) {
    const Variable first("XESP_WRONG_FROM", std::to_string(from).c_str());
    const auto start = Clock::now();
    batches_through();
    EXPECT_LT(Clock::now() - start, 12s) << GetParam() << " from reply " << from;
    EXPECT_TRUE(descendants(::getpid()).empty()) << GetParam() << " from reply " << from;
  }
}

// So that the test above is known to disturb something.
TEST_F(SimulatorAnswers, RightOnesAreTakenAndOthersAreNot) {
  EXPECT_EQ(batches_through(), 4u);
  const Variable way("XESP_WRONG_REPLY", "endless"), first("XESP_WRONG_FROM", "20");
  EXPECT_LT(batches_through(), 4u);
}

INSTANTIATE_TEST_SUITE_P(Ways, SimulatorAnswers,
                         testing::Values("bytes", "bits", "nothing", "short", "twice", "header", "endless", "ends"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace xesp::test
