// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_STATS_H
#define XESP_HWEMU_STATS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace xesp::hwemu {

/// How fast the card was simulated; written as JSON when the simulator ends. Time in which the card stood idle and waited
/// for the host is in wall_seconds but not in clocking_seconds, from which the speed is taken.
class Stats {
 public:
  Stats() : start_(Clock::now()) {}
  /// Runs `step` and counts its time.
  template <typename Step>
  void clocking(Step&& step) {
    const Clock::time_point begin = Clock::now();
    step();
    clocking_ += Clock::now() - begin;
  }
  /// @throws std::runtime_error when the file can't be written.
  void write(const std::string& path, uint64_t clocks) const;

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_;
  Clock::duration clocking_{};
};

}  // namespace xesp::hwemu
#endif
