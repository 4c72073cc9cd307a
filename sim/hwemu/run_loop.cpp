// SPDX-License-Identifier: Apache-2.0
#include "run_loop.h"

#include "rpc_server.h"

namespace xesp::hwemu {
namespace {

// Clocks between two looks at the socket. A look is a system call of about 1 us, a clock of the Verilated card several:
// 32 keep the look below a percent and a waiting host below a millisecond.
constexpr uint32_t kClocksPerLook = 32;

}  // namespace

void serve(HostLink& host, sim::Card& card, Stats& stats) {
  using std::chrono::milliseconds;
  RpcServer server(card);
  while (!server.closed()) {
    const bool busy = card.busy();
    if (busy) stats.clocking(kClocksPerLook, [&] { card.step(kClocksPerLook); });
    if (!host.request_waiting(milliseconds(busy ? 0 : -1))) continue;
    const auto request = host.receive();
    if (!request) break;
    host.reply(server.handle(request->api, request->payload));
  }
  host.close();
}

}  // namespace xesp::hwemu
