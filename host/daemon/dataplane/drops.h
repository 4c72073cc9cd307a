// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_DROPS_H
#define XESP_DAEMON_DATAPLANE_DROPS_H

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "path_counters.h"
#include "tap.h"
#include "xesp/engine.h"

namespace xesp::dataplane {

/// What a dropped packet of a direction leaves behind: a count, a record for who taps, and a line in the log for the
/// first one of each reason, then at most one a minute with how many there were. Any thread.
class Drops {
 public:
  Drops(Direction direction, PathCounters& counters, Tap& tap)
      : direction_(direction), counters_(counters), tap_(tap) {}

  /// `at`: how far the packet had come; a frame that is no whole IP packet has no bytes to show.
  void drop(PathCounter reason, Tap::Place at, std::span<const uint8_t> packet,
            std::optional<uint32_t> spi = std::nullopt);
  void drop(abi::DropReason reason, Tap::Place at, std::span<const uint8_t> packet,
            std::optional<uint32_t> spi = std::nullopt);

  PathCounters& counters() { return counters_; }
  Tap& tap() { return tap_; }

 private:
  struct Told {
    std::atomic<uint64_t> next{0};  ///< second of the steady clock from which on a line may be written
    std::atomic<uint64_t> since{0};
  };
  void tell(Told& told, Tap::Place at, std::span<const uint8_t> packet, const char* name, const char* text,
            std::optional<uint32_t> spi);

  Direction direction_;
  PathCounters& counters_;
  Tap& tap_;
  std::array<Told, kPathCounterCount> own_told_{};
  std::array<Told, abi::kDropReasonCount> engine_told_{};
};

}  // namespace xesp::dataplane
#endif
