// SPDX-License-Identifier: Apache-2.0
//
// A host process for the tests: opens the card, says "open", and runs batches until it is told the number, says how
// each ended. Exit codes are xesp::ErrorCode's.
//   xesp-hwemu-client XCLBIN HWEMU_DIR BATCHES     BATCHES 0: until killed
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "card_device.h"

namespace {

constexpr uint32_t kCount = 8;
constexpr uint32_t kBytes = 192;

void batch(xesp::CardDevice& card, unsigned round) {
  const auto direction = round % 2 == 0 ? xesp::Direction::kOut : xesp::Direction::kIn;
  for (uint32_t i = 0; i < kCount; ++i) {
    xesp::abi::Desc& d = card.desc(direction)[i];
    d = {};
    d.op = xesp::abi::kOpPacket;
    d.in_off = d.out_off = uint64_t{i} * kBytes;
    d.in_len = d.out_cap = kBytes;
    d.cookie = round * 1000 + i;
    std::memset(card.in(direction).data() + d.in_off, static_cast<int>(round + i), kBytes);
  }
  card.submit(direction, kCount);
  card.wait(direction, std::chrono::seconds(5));
  for (uint32_t i = 0; i < kCount; ++i) {
    const xesp::abi::Completion& done = card.completions(direction)[i];
    const auto out = card.out(direction).subspan(i * kBytes, kBytes);
    const auto in = card.in(direction).subspan(i * kBytes, kBytes);
    if (done.cookie != round * 1000 + i || done.out_len != kBytes || std::memcmp(out.data(), in.data(), kBytes) != 0) {
      throw xesp::Error(xesp::ErrorCode::kSoftware, "batch " + std::to_string(round) + ": wrong result");
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) return 64;
  xesp::CardOptions options;
  options.xclbin = argv[1];
  options.hwemu_dir = argv[2];
  xesp::CardDevice card(options);
  std::puts("open");
  std::fflush(stdout);
  const unsigned batches = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
  for (unsigned round = 0; batches == 0 || round < batches; ++round) batch(card, round);
  std::puts("done");
  return 0;
} catch (const xesp::Error& error) {
  std::printf("error %s\n", error.what());
  return static_cast<int>(error.code());
}
