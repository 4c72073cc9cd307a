// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LEASED_ENGINE_H
#define XESP_DAEMON_LEASED_ENGINE_H

#include "leases/lease_keeper.h"
#include "xesp/engine.h"

namespace xesp {

/// An engine that tells the lease keeper of every number sent. What the packet side uses; all else goes through.
class LeasedEngine final : public Engine {
 public:
  /// Both must outlive this object.
  LeasedEngine(Engine& engine, LeaseKeeper& leases) : engine_(engine), leases_(leases) {}

  std::string description() const override { return engine_.description(); }
  SaHandle install(const SaConfig& sa) override { return engine_.install(sa); }
  void remove(Direction direction, SaHandle sa) override { engine_.remove(direction, sa); }
  void extend(SaHandle sa, uint64_t seq_limit) override { engine_.extend(sa, seq_limit); }
  SaStats stats(Direction direction, SaHandle sa) override { return engine_.stats(direction, sa); }
  EngineCounters counters(Direction direction) const override { return engine_.counters(direction); }
  std::vector<std::pair<std::string, uint64_t>> registers(Direction direction) override {
    return engine_.registers(direction);
  }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    engine_.process(direction, in, out);
    if (direction == Direction::kIn) return;
    for (const PacketOut& packet : out)
      if (packet.status == abi::kOk) leases_.note(packet.sa, packet.seq);
  }

 private:
  Engine& engine_;
  LeaseKeeper& leases_;
};

}  // namespace xesp
#endif
