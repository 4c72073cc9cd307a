// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "host_link.h"
#include "run_loop.h"
#include "stats.h"

namespace xesp::hwemu {
namespace {

// XRT starts its second listener in a thread of its own, and its loads can be slow on a busy machine.
constexpr std::chrono::seconds kConnectPatience{60};

}  // namespace

int run_program(const std::function<std::unique_ptr<sim::Card>()>& make) try {
  HostLink host = HostLink::from_environment(kConnectPatience);
  const std::unique_ptr<sim::Card> card = make();
  Stats stats;
  serve(host, *card, stats);
  if (const char* path = std::getenv("XESP_SIM_STATS")) stats.write(path, card->clocks());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "xesp-hwemu: %s\n", error.what());
  return 1;
}

}  // namespace xesp::hwemu
