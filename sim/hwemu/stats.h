// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_STATS_H
#define XESP_HWEMU_STATS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace xesp::hwemu {

/// How fast the card was simulated; written as JSON when the simulator ends. The speed is taken from runs alone:
/// waiting for the host and its register accesses are in cycles and wall_seconds but not in it.
class Stats {
 public:
  Stats() : start_(Clock::now()) {}
  /// Runs `step`, which lets this many clocks pass, and counts its time.
  template <typename Step>
  void clocking(uint32_t clocks, Step&& step) {
    const Clock::time_point begin = Clock::now();
    step();
    clocking_ += Clock::now() - begin;
    clocked_ += clocks;
  }
  /// @throws std::runtime_error when the file can't be written.
  void write(const std::string& path, uint64_t clocks) const;

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_;
  Clock::duration clocking_{};
  uint64_t clocked_ = 0;
};

}  // namespace xesp::hwemu
#endif
