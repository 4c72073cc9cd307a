// SPDX-License-Identifier: Apache-2.0
#include "path.h"

#include <poll.h>

#include <cstring>
#include <exception>

#include "ip_packet.h"
#include "xesp/steering.h"

namespace xesp::dataplane {
namespace {

constexpr int kIdleMilliseconds = 50;  // how late a stop may be noticed
constexpr int kHoldMilliseconds = 2;   // how late a resolved neighbour may be noticed
constexpr size_t kAddressBytes = 12;   // of an Ethernet frame; tags follow, then the type of what is inside
constexpr size_t kEtherTypeBytes = 2;

/// What the steering program put before the frame, or nothing where a driver lost it.
std::optional<xesp_meta> read_meta(const Frame& frame) {
  xesp_meta meta;
  if (frame.address % Umem::kFrameBytes < sizeof(meta)) return std::nullopt;
  std::memcpy(&meta, frame.data.data() - sizeof(meta), sizeof(meta));
  if (meta.magic != XESP_META_MAGIC || meta.l3_offset < kAddressBytes + kEtherTypeBytes ||
      meta.l3_offset >= frame.data.size())
    return std::nullopt;
  return meta;
}

/// So that a frame without metadata of its own never shows what an earlier frame left there.
void clear_meta(const Frame& frame) {
  if (frame.address % Umem::kFrameBytes >= sizeof(xesp_meta))
    std::memset(frame.data.data() - sizeof(xesp_meta), 0, sizeof(xesp_meta));
}

}  // namespace

Path::Path(Direction direction, size_t batch, PacketSocket& from, Egress& to, Engine& engine, const InboundCheck* check,
           PathCounters& counters)
    : direction_(direction), batch_(batch), from_(from), to_(to), engine_(engine), check_(check), counters_(counters) {}

void Path::run(const std::stop_token& stop, Fault& fault) noexcept {
  try {
    while (!stop.stop_requested() && !fault.raised()) {
      wait();
      turn();
    }
  } catch (const std::exception& e) {
    fault.set(e.what());
  }
}

void Path::wait() const {
  pollfd p{.fd = from_.fd(), .events = POLLIN, .revents = 0};
  poll(&p, 1, to_.holds() ? kHoldMilliseconds : kIdleMilliseconds);
}

void Path::turn() {
  const auto now = NextHops::Clock::now();
  to_.retry(now);
  from_.receive(frames_, batch_);
  in_.clear();
  tags_.clear();
  for (const Frame& frame : frames_)
    if (const auto packet = take(frame)) in_.push_back(*packet);
  counters_.add(kReceived, frames_.size());

  if (!in_.empty()) {
    engine_.process(direction_, in_, out_);
    for (size_t i = 0; i < out_.size(); ++i) forward(out_[i], tags_[i], now);
  }
  to_.flush();
  from_.release(frames_);
}

std::optional<PacketIn> Path::take(const Frame& frame) {
  const auto meta = read_meta(frame);
  clear_meta(frame);
  const auto drop = [&](PathCounter why) { return counters_.add(why), std::nullopt; };
  if (!meta) return drop(kDropFrame);
  const std::span<uint8_t> packet = frame.data.subspan(meta->l3_offset);
  const auto fields = read_ip(packet);
  if (!fields) return drop(kDropFrame);
  // Into a tunnel a packet is forwarded, so its TTL falls before it is protected (RFC 2003 3.1). ESP that ends here is
  // not forwarded; what is inside of it will be.
  if (direction_ == Direction::kOut && !decrement_ttl(packet)) return drop(kDropTtl);
  tags_.push_back(frame.data.first(meta->l3_offset - kEtherTypeBytes).subspan(kAddressBytes));
  return PacketIn{.data = packet.first(fields->total_length),  // without the link's padding
                  .sa = {.index = meta->sa.index, .generation = meta->sa.generation}};
}

void Path::forward(const PacketOut& result, std::span<const uint8_t> tags, NextHops::Clock::time_point now) {
  counters_.add(result.status);
  if (result.status != abi::kOk) return;
  if (direction_ == Direction::kOut) return to_.send(result.data, tags, now);
  if (!check_->allows(result.sa, result.data)) return counters_.add(kDropSelector);
  recovered_.assign(result.data.begin(), result.data.end());
  if (!decrement_ttl(recovered_)) return counters_.add(kDropTtl);
  to_.send(recovered_, tags, now);
}

}  // namespace xesp::dataplane
