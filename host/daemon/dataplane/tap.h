// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_TAP_H
#define XESP_DAEMON_DATAPLANE_TAP_H

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <vector>

#include "control/tap.h"
#include "unique_fd.h"

namespace xesp::dataplane {

/// Shows packets to whoever asks (`xesp tap`), before and after the engine. Costs one load while nobody asks. A reader
/// that is too slow loses records, and they are counted: packets never wait for it.
///
/// Any thread.
class Tap {
 public:
  /// Where a packet is seen; the order of the interfaces that a reader is told.
  enum Place : uint8_t { kInside, kOutside, kTun };
  static constexpr size_t kMostReaders = 4;

  bool on() const noexcept { return readers_on_.load(std::memory_order_relaxed) != 0; }

  /// A packet that the engine has taken, and what it became.
  void passed(Direction direction, std::span<const uint8_t> before, std::span<const uint8_t> after, uint64_t seq);
  /// A packet that went nowhere, as far as it had come. `spi`: of its SA, where that is known otherwise than by itself.
  void dropped(Direction direction, Place at, std::span<const uint8_t> packet, const char* name, const char* text,
               std::optional<uint32_t> spi);

  /// A reader in this process; it ends with this object.
  class Reader;
  struct Opened {
    UniqueFd fd;                     ///< the reader's end: one record (control/tap.h) a message
    std::shared_ptr<Reader> reader;  ///< gone, the tap ends
  };
  /// @throws Error(kUnavailable) for more than kMostReaders, Error(kOs)
  Opened open(const control::TapFilter& filter);

  /// {"records": N, "lost": N}, of all readers since the start.
  nlohmann::json json() const;

 private:
  struct Seen;
  void show(Direction direction, std::optional<uint32_t> spi, std::span<const Seen> packets, std::string_view comment);

  std::atomic<unsigned> readers_on_{0};
  std::atomic<uint64_t> records_{0}, lost_{0};
  std::mutex mutex_;
  std::vector<std::weak_ptr<Reader>> readers_;
  std::vector<uint8_t> message_;
};

}  // namespace xesp::dataplane
#endif
