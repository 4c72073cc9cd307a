// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_LOOPBACK_CARD_H
#define XESP_TESTS_LOOPBACK_CARD_H

#include <array>
#include <cstdint>

#include "card.h"
#include "xesp_abi.h"

namespace xesp::test {

/// Test support, no IPsec: keeps the ABI's registers, descriptors and completions, and gives every packet back
/// unchanged. What it does wrong on purpose is chosen by the environment:
///   XESP_LOOPBACK_VERSION=N    value of kRegVersion
///   XESP_LOOPBACK_MAGIC=N      value of kRegMagic
///   XESP_LOOPBACK_HANG=1       a run never ends
///   XESP_LOOPBACK_CRASH=N      the process aborts in run N (from 1)
///   XESP_LOOPBACK_ONES=N       from run N on (from 1) every register reads all ones, as of a card that fell off its
///   bus
class LoopbackCard : public sim::Card {
 public:
  LoopbackCard();
  void write_register(sim::Cu cu, uint32_t offset, uint32_t value) override;
  uint32_t read_register(sim::Cu cu, uint32_t offset) override;
  void step(uint32_t clocks) override;
  bool busy() const override;
  uint64_t clocks() const override { return clocks_; }
  sim::DeviceMemory& memory() override { return memory_; }

 private:
  struct Unit {
    std::array<uint32_t, 0x44 / 4> args{};
    std::array<uint32_t, 32> counters{};
    uint32_t error = 0;
    uint32_t run_cycles = 0;
    uint64_t busy_cycles = 0;
    uint32_t packets = 0;
    uint32_t in_beats = 0;
    uint32_t out_beats = 0;
    uint32_t left = 0;  // clocks until the run in flight ends
    bool running = false;
    bool done = false;
  };

  Unit& unit(sim::Cu cu) { return units_[static_cast<unsigned>(cu)]; }
  void start(Unit& unit);
  void finish(Unit& unit);
  abi::Completion do_one(Unit& unit, const abi::Desc& desc, uint64_t in, uint64_t out);

  std::array<Unit, sim::kCuCount> units_;
  sim::DeviceMemory memory_;
  uint64_t clocks_ = 0;
  uint32_t version_;
  uint32_t magic_;
  bool hang_;
  uint32_t crash_in_;
  uint32_t ones_in_;
  bool all_ones_ = false;
};

}  // namespace xesp::test
#endif
