// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LEASED_ENGINE_H
#define XESP_DAEMON_LEASED_ENGINE_H

#include "control/sa_json.h"
#include "core/events.h"
#include "leases/lease_keeper.h"
#include "log.h"
#include "metrics/batch_meter.h"
#include "xesp/engine.h"

namespace xesp {

/// An engine that tells the lease keeper of every number sent, the log of limits that were reached, and the meter of
/// each batch. What the packet side uses; all else goes through.
class LeasedEngine final : public Engine {
 public:
  /// All must outlive this object. `events` hears of limits.
  LeasedEngine(Engine& engine, LeaseKeeper& leases, Events* events = nullptr)
      : engine_(engine), leases_(leases), events_(events) {}

  const metrics::BatchMeter& meter() const { return meter_; }

  std::string description() const override { return engine_.description(); }
  SaHandle install(const SaConfig& sa) override { return engine_.install(sa); }
  std::vector<SaHandle> install_all(std::span<const SaConfig> sas) override { return engine_.install_all(sas); }
  void remove(Direction direction, SaHandle sa) override { engine_.remove(direction, sa); }
  void remove_all(Direction direction, std::span<const SaHandle> sas) override { engine_.remove_all(direction, sas); }
  std::vector<SaStats> stats_all(Direction direction, std::span<const SaHandle> sas) override {
    return engine_.stats_all(direction, sas);
  }
  void extend(SaHandle sa, uint64_t seq_limit) override { engine_.extend(sa, seq_limit); }
  SaStats stats(Direction direction, SaHandle sa) override { return engine_.stats(direction, sa); }
  Placement placement(Direction direction, SaHandle sa) override { return engine_.placement(direction, sa); }
  EngineCounters counters(Direction direction) const override { return engine_.counters(direction); }
  std::vector<std::pair<std::string, uint64_t>> registers(Direction direction) override {
    return engine_.registers(direction);
  }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    const auto start = std::chrono::steady_clock::now();
    engine_.process(direction, in, out);
    metrics::BatchMeter::Side& meter = meter_.of(direction);
    meter.packets.add(static_cast<double>(in.size()));
    meter.seconds.add(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    for (const PacketOut& packet : out) {
      if (packet.events != 0) tell_limit(direction, packet);
      if (direction == Direction::kOut && packet.status == abi::kOk) leases_.note(packet.sa, packet.seq);
    }
  }

 private:
  // Three times in an SA's life at most.
  void tell_limit(Direction direction, const PacketOut& packet) {
    const bool hard = (packet.events & abi::kEventHard) != 0;
    log_of("leases")->warn("the SA of index {} generation {} dir {} has reached a {} limit at number {}{}",
                           packet.sa.index, packet.sa.generation, control::direction_name(direction),
                           hard ? "hard" : "soft", packet.seq,
                           hard ? " and takes no more packets" : ": time for a new one");
    if (events_ == nullptr) return;
    events_->tell({{"event", "limit"},
                   {"limit", hard ? "hard" : "soft"},
                   {"dir", control::direction_name(direction)},
                   {"index", packet.sa.index},
                   {"generation", packet.sa.generation},
                   {"seq", packet.seq}});
  }

  Engine& engine_;
  LeaseKeeper& leases_;
  metrics::BatchMeter meter_;
  Events* events_;
};

}  // namespace xesp
#endif
