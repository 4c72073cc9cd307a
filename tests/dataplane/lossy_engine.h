// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_LOSSY_ENGINE_H
#define XESP_TESTS_DATAPLANE_LOSSY_ENGINE_H

#include <atomic>
#include <memory>

#include "xesp/engine.h"
#include "xesp/error.h"

namespace xesp::test {

/// The software engine, until it is told to be a card that stopped answering.
class LossyEngine final : public Engine {
 public:
  void lose() { lost_ = true; }

  std::string description() const override { return engine_->description(); }
  SaHandle install(const SaConfig& sa) override { return alive().install(sa); }
  void remove(Direction direction, SaHandle sa) override { alive().remove(direction, sa); }
  void extend(SaHandle sa, uint64_t seq_limit) override { alive().extend(sa, seq_limit); }
  SaStats stats(Direction direction, SaHandle sa) override { return alive().stats(direction, sa); }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    alive().process(direction, in, out);
  }
  EngineCounters counters(Direction direction) const override { return engine_->counters(direction); }

 private:
  Engine& alive() {
    if (lost_) throw Error(ErrorCode::kIo, "the card stopped answering (as the test told it to)");
    return *engine_;
  }
  std::unique_ptr<Engine> engine_ = make_software_engine();
  std::atomic<bool> lost_ = false;
};

}  // namespace xesp::test
#endif
