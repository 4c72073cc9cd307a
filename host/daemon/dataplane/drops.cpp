// SPDX-License-Identifier: Apache-2.0
#include "drops.h"

#include <time.h>

#include "ip_packet.h"
#include "log.h"

namespace xesp::dataplane {
namespace {

constexpr uint64_t kQuietSeconds = 60;

// Coarse, for it is asked at each drop; never 0.
uint64_t seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<uint64_t>(now.tv_sec) + 1;
}

std::string described(std::span<const uint8_t> packet) {
  const auto fields = read_ip(packet);
  if (!fields) return fmt::format("{} bytes", packet.size());
  return fmt::format("{} > {} proto {}, {} bytes", fields->src().str(), fields->dst().str(),
                     static_cast<unsigned>(fields->flow.protocol), packet.size());
}

}  // namespace

void Drops::drop(PathCounter reason, Tap::Place at, std::span<const uint8_t> packet, std::optional<uint32_t> spi) {
  counters_.add(reason);
  tell(own_told_[reason], at, packet, path_counter_name(reason), path_counter_text(reason), spi);
}

void Drops::drop(abi::DropReason reason, Tap::Place at, std::span<const uint8_t> packet, std::optional<uint32_t> spi) {
  counters_.add(reason);
  tell(engine_told_[reason], at, packet, drop_counter_name(reason), drop_text(reason), spi);
}

void Drops::tell(Told& told, Tap::Place at, std::span<const uint8_t> packet, const char* name, const char* text,
                 std::optional<uint32_t> spi) {
  if (tap_.on()) tap_.dropped(direction_, at, packet, name, text, spi);
  told.since.fetch_add(1, std::memory_order_relaxed);
  const uint64_t now = seconds_now();
  uint64_t next = told.next.load(std::memory_order_relaxed);
  if (now < next || !told.next.compare_exchange_strong(next, now + kQuietSeconds, std::memory_order_relaxed)) return;
  const uint64_t count = told.since.exchange(0, std::memory_order_relaxed);
  log_of("dataplane")
      ->warn("dir {}: {} dropped, {}: {}; the last one: {}", direction_ == Direction::kOut ? "out" : "in", count, name,
             text, described(packet));
}

}  // namespace xesp::dataplane
