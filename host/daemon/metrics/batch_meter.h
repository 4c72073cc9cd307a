// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_METRICS_BATCH_METER_H
#define XESP_DAEMON_METRICS_BATCH_METER_H

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "xesp/sa.h"

namespace xesp::metrics {

/// A histogram as Prometheus has it, without its names: values up to a bound count in its bucket. Any thread may add.
template <size_t N>
class Histogram {
 public:
  explicit constexpr Histogram(const std::array<double, N>& bounds) : bounds_(bounds) {}

  void add(double value) {
    size_t at = 0;
    while (at < N && value > bounds_[at]) ++at;
    counts_[at].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  const std::array<double, N>& bounds() const { return bounds_; }
  /// In bucket `at`; N is the one above all bounds.
  uint64_t count(size_t at) const { return counts_[at].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<double, N> bounds_;
  std::array<std::atomic<uint64_t>, N + 1> counts_{};
  std::atomic<double> sum_ = 0;
};

/// Batches that the packet side gave to the engine: packets in each, and the time until their results were there.
struct BatchMeter {
  struct Side {
    Histogram<7> packets{{1, 4, 16, 64, 256, 1024, 4096}};
    Histogram<11> seconds{{20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 20e-3, 0.1, 1}};
  };
  Side out, in;

  Side& of(Direction direction) { return direction == Direction::kOut ? out : in; }
  const Side& of(Direction direction) const { return direction == Direction::kOut ? out : in; }
};

}  // namespace xesp::metrics
#endif
