// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_EVENTS_H
#define XESP_DAEMON_EVENTS_H

#include <cstddef>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>

namespace xesp {

/// What has changed, on its way to the clients that asked for it (control/protocol.h, "monitor"). Bounded: when nobody
/// fetches, what comes is counted and left out.
///
/// Thread safety: every call from any thread. tell() waits for nothing but a short lock.
class Events {
 public:
  static constexpr size_t kMost = 4096;

  /// @throws Error(kOs)
  Events();
  ~Events();
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  /// Adds the time to it. Never throws: an event that finds no memory is lost, and counted.
  void tell(nlohmann::json event) noexcept;

  /// Readable while take() has something.
  int wake_fd() const { return wake_; }
  /// All since the last call, in order; the last one says how many were left out, if any were.
  std::deque<nlohmann::json> take();

 private:
  int wake_ = -1;
  std::mutex mutex_;
  std::deque<nlohmann::json> waiting_;
  size_t lost_ = 0;
};

/// {"event": "lost", "count": N}
nlohmann::json lost_event(size_t count);

}  // namespace xesp
#endif
