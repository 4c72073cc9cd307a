// SPDX-License-Identifier: Apache-2.0
#include "tap.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "engine/software_sa.h"
#include "esp/bytes.h"
#include "ip_packet.h"
#include "os_error.h"

namespace xesp::dataplane {
namespace {

constexpr int kQueueBytes = 4 << 20;  // what a reader may leave unread; the kernel counts its own part as well

std::optional<uint32_t> spi_in(std::span<const uint8_t> packet) {
  const InboundFront front = read_inbound(packet);
  if (front.ip.status != abi::kOk || front.status == abi::kDropNotEsp || packet.size() < front.spi_at + 4)
    return std::nullopt;
  return esp::load_be32(&packet[front.spi_at]);
}

bool fits(const control::TapFilter& filter, std::span<const uint8_t> packet) {
  if (!filter.src && !filter.dst && !filter.protocol) return true;
  const auto fields = read_ip(packet);
  return fields && (!filter.src || filter.src->contains(fields->src())) &&
         (!filter.dst || filter.dst->contains(fields->dst())) &&
         (!filter.protocol || fields->flow.protocol == *filter.protocol);
}

uint64_t now_ns() {
  return static_cast<uint64_t>(std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

}  // namespace

struct Tap::Seen {
  Place at;
  bool leaves;
  bool dropped;
  std::span<const uint8_t> packet;
};

class Tap::Reader {
 public:
  Reader(const control::TapFilter& filter_, int fd, std::atomic<unsigned>& on) : filter(filter_), fd(fd), on_(on) {
    on_.fetch_add(1, std::memory_order_relaxed);
  }
  ~Reader() { on_.fetch_sub(1, std::memory_order_relaxed); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const control::TapFilter filter;
  const UniqueFd fd;
  uint64_t lost = 0;

 private:
  std::atomic<unsigned>& on_;
};

Tap::Opened Tap::open(const control::TapFilter& filter) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) throw os_error(errno, "a tap's socket");
  UniqueFd theirs(ends[0]);
  // Without the right to more than the system's limit the queue is that long.
  if (setsockopt(ends[1], SOL_SOCKET, SO_SNDBUFFORCE, &kQueueBytes, sizeof kQueueBytes) != 0)
    (void)setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &kQueueBytes, sizeof kQueueBytes);
  auto reader = std::make_shared<Reader>(filter, ends[1], readers_on_);
  const std::lock_guard lock(mutex_);
  std::erase_if(readers_, [](const auto& r) { return r.expired(); });
  if (readers_.size() >= kMostReaders)
    throw Error(ErrorCode::kUnavailable, fmt::format("tap: {} readers are there already: end one", kMostReaders));
  readers_.push_back(reader);
  return {std::move(theirs), std::move(reader)};
}

void Tap::passed(Direction direction, std::span<const uint8_t> before, std::span<const uint8_t> after, uint64_t seq) {
  const bool out = direction == Direction::kOut;
  const auto spi = spi_in(out ? after : before);
  const Seen packets[2] = {{out ? kInside : kOutside, false, false, before},
                           {out ? kOutside : kInside, true, false, after}};
  show(direction, spi, packets, spi ? fmt::format("spi {:#010x} seq {}", *spi, seq) : fmt::format("seq {}", seq));
}

void Tap::dropped(Direction direction, Place at, std::span<const uint8_t> packet, const char* name, const char* text,
                  std::optional<uint32_t> spi) {
  if (!spi) spi = spi_in(packet);
  const bool leaves = (direction == Direction::kOut) == (at == kOutside);
  const Seen one{at, leaves, true, packet};
  show(direction, spi, {&one, 1},
       fmt::format("dropped, {}: {}{}", name, text, spi ? fmt::format(" (spi {:#010x})", *spi) : std::string()));
}

void Tap::show(Direction direction, std::optional<uint32_t> spi, std::span<const Seen> packets,
               std::string_view comment) {
  const uint64_t now = now_ns();
  const std::lock_guard lock(mutex_);
  for (const std::weak_ptr<Reader>& known : readers_) {
    const std::shared_ptr<Reader> reader = known.lock();
    if (!reader) continue;
    const control::TapFilter& filter = reader->filter;
    if (filter.drops && !packets[0].dropped) continue;
    if (filter.direction && *filter.direction != direction) continue;
    if (filter.spi && filter.spi != spi) continue;
    if (std::ranges::none_of(packets, [&](const Seen& s) { return fits(filter, s.packet); })) continue;
    for (const Seen& seen : packets) {
      control::TapRecord record;
      record.time_ns = now;
      record.lost = reader->lost;
      record.length = static_cast<uint32_t>(seen.packet.size());
      record.interface = seen.at;
      record.leaves = seen.leaves;
      record.dropped = seen.dropped;
      record.comment = comment;
      record.bytes = seen.packet.first(std::min<size_t>(seen.packet.size(), filter.snap_length));
      control::encode(record, message_);
      // A reader that is gone is one that its connection has yet to take away.
      if (send(reader->fd.get(), message_.data(), message_.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
        records_.fetch_add(1, std::memory_order_relaxed);
      } else {
        ++reader->lost;
        lost_.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }
}

nlohmann::json Tap::json() const {
  return {{"records", records_.load(std::memory_order_relaxed)}, {"lost", lost_.load(std::memory_order_relaxed)}};
}

}  // namespace xesp::dataplane
