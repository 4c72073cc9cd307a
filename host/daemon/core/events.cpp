// SPDX-License-Identifier: Apache-2.0
#include "core/events.h"

#include <fmt/chrono.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

#include "xesp/error.h"

namespace xesp {

using nlohmann::json;

namespace {

std::string now() {
  const auto time = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto ms = time.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)), ms);
}

}  // namespace

Events::Events() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0) throw Error(ErrorCode::kOs, std::string("eventfd: ") + errno_text(errno));
}

Events::~Events() {
  close(wake_);
}

void Events::tell(json event) noexcept {
  const std::lock_guard lock(mutex_);
  try {
    if (waiting_.size() >= kMost) {
      ++lost_;
      return;
    }
    event["time"] = now();
    waiting_.push_back(std::move(event));
  } catch (...) {
    ++lost_;
  }
  const uint64_t one = 1;
  (void)!write(wake_, &one, sizeof one);
}

std::deque<json> Events::take() {
  const std::lock_guard lock(mutex_);
  uint64_t ignored = 0;
  (void)!read(wake_, &ignored, sizeof ignored);
  if (lost_ != 0) waiting_.push_back(lost_event(std::exchange(lost_, 0)));
  return std::exchange(waiting_, {});
}

json lost_event(size_t count) {
  return {{"event", "lost"}, {"count", count}, {"time", now()}};
}

}  // namespace xesp
