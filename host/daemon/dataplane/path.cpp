// SPDX-License-Identifier: Apache-2.0
#include "path.h"

#include <poll.h>

#include <cstring>
#include <exception>
#include <functional>

#include "fragment_piece.h"
#include "fragments.h"
#include "ip_packet.h"
#include "mss_clamp.h"
#include "xesp/steering.h"

namespace xesp::dataplane {
namespace {

constexpr int kIdleMilliseconds = 50;  // how late a stop may be noticed
constexpr int kHoldMilliseconds = 2;   // how late a resolved neighbour may be noticed
constexpr size_t kAddressBytes = 12;   // of an Ethernet frame; tags follow, then the type of what is inside
constexpr size_t kEtherTypeBytes = 2;
constexpr size_t kLeastMtuV4 = 68, kLeastMtuV6 = 1280;  // RFC 791 3.2, RFC 8200 5

/// What the steering program put in the place of the frame's addresses.
std::optional<xesp_meta> read_meta(const Frame& frame) {
  static_assert(sizeof(xesp_meta) == kAddressBytes);
  xesp_meta meta{};
  if (frame.data.size() < sizeof(meta)) return std::nullopt;
  std::memcpy(&meta, frame.data.data(), sizeof(meta));
  if (meta.magic != XESP_META_MAGIC || meta.l3_offset < kAddressBytes + kEtherTypeBytes ||
      meta.l3_offset >= frame.data.size())
    return std::nullopt;
  return meta;
}

}  // namespace

Path::Path(Direction direction, size_t batch, ReceiveQueues& from, Egress& to, const Shared& shared, Drops& drops)
    : direction_(direction),
      came_(direction == Direction::kOut ? Tap::kInside : Tap::kOutside),
      batch_(batch),
      from_(from),
      to_(to),
      shared_(shared),
      drops_(drops),
      counters_(drops.counters()),
      answers_(direction, shared.inside, shared.own, counters_),
      reassembler_({}, [this](PathCounter reason, std::span<const uint8_t> packet, size_t count) {
        drops_.drop(reason, came_, packet);
        if (count > 1) counters_.add(reason, count - 1);
      }) {}

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

void Path::wait() {
  waits_.clear();
  from_.add_to(waits_);
  if (direction_ == Direction::kOut) {
    waits_.push_back({.fd = shared_.own.fd(), .events = POLLIN, .revents = 0});
    if (shared_.tun) waits_.push_back({.fd = shared_.tun->fd(), .events = POLLIN, .revents = 0});
  }
  poll(waits_.data(), waits_.size(), to_.holds() ? kHoldMilliseconds : kIdleMilliseconds);
}

void Path::turn() {
  const auto now = NextHops::Clock::now();
  to_.retry(now);
  reassembler_.expire(now);
  from_.receive(frames_, batch_);
  in_.clear();
  beside_.clear();
  made_.clear();
  for (const Frame& frame : frames_) {
    room_ = frame.room;
    take(frame, now);
  }
  room_ = {};
  counters_.add(kReceived, frames_.size());
  if (direction_ == Direction::kOut) take_own(now);

  if (!in_.empty()) {
    shared_.engine.process(direction_, in_, out_);
    size_t again = 0;
    for (size_t i = 0; i < out_.size(); ++i) {
      if (!choose_again(in_[i], out_[i].status, now)) {
        forward(in_[i], out_[i], beside_[i], now);
        continue;
      }
      in_[again] = in_[i];
      beside_[again++] = beside_[i];
    }
    if (again != 0) {
      in_.resize(again);
      shared_.engine.process(direction_, in_, out_);
      for (size_t i = 0; i < out_.size(); ++i) forward(in_[i], out_[i], beside_[i], now);
    }
  }
  to_.flush();
  from_.release();
}

// A batch may wait for the engine while a rekey takes its SA away.
bool Path::choose_again(PacketIn& packet, DropReason status, Time now) const {
  if (direction_ != Direction::kOut || (status != abi::kDropNoSa && status != abi::kDropStaleSa)) return false;
  const auto fields = read_ip(packet.data);
  const auto other = fields ? shared_.outbound.sa_for(*fields) : std::nullopt;
  const auto sa = other && *other != packet.sa ? shared_.outbound.find(*other) : std::nullopt;
  if (!sa || packet.data.size() > sa->overhead.largest(to_.way_to(sa->dst, now).mtu, front_bytes(packet.data)))
    return false;
  packet.sa = *other;
  return true;
}

void Path::give(std::span<const uint8_t> packet, SaHandle sa, const Beside& beside) {
  in_.push_back({.data = packet, .sa = sa, .tail = behind(packet)});
  beside_.push_back(beside);
}

std::span<uint8_t> Path::behind(std::span<const uint8_t> packet) const {
  const uint8_t* const end = packet.data() + packet.size();
  const uint8_t *const first = room_.data(), *const last = first + room_.size();
  if (std::less<>()(end, first) || std::less<>()(last, end)) return {};
  return room_.subspan(static_cast<size_t>(end - first));
}

std::optional<Reassembler::Whole> Path::collect(const FragmentPiece& piece, std::span<const uint8_t> packet,
                                                SaHandle sa, Time now) {
  auto whole = reassembler_.add(piece, packet, sa, now);
  if (whole) counters_.add(kReassembled);
  return whole;
}

void Path::take(const Frame& frame, Time now) {
  const auto meta = read_meta(frame);
  if (!meta) return drops_.drop(kDropFrame, came_, {});
  const std::span<uint8_t> whole = frame.data.subspan(meta->l3_offset);
  const auto fields = read_ip(whole);
  if (!fields) return drops_.drop(kDropFrame, came_, whole);
  const std::span<uint8_t> packet = whole.first(fields->total_length);  // without the link's padding
  const Tags tags = frame.data.first(meta->l3_offset - kEtherTypeBytes).subspan(kAddressBytes);
  const SaHandle sa{.index = meta->sa.index, .generation = meta->sa.generation};
  // ESP that ends here is not forwarded; what is inside of it will be. Of its fragments only the first one has an SA.
  if (direction_ == Direction::kIn) {
    const auto piece = read_fragment(packet);
    if (!piece) return give(packet, sa, {tags});
    if (auto joined = collect(*piece, packet, sa, now))
      give(made_.emplace_back(std::move(joined->packet)), joined->sa, {tags, joined->id});
    return;
  }

  const bool tell = (meta->flags & XESP_META_GROUP) == 0;  // not about what came to many on the link (RFC 1122 3.2.2)
  // Into a tunnel a packet is forwarded, so its TTL falls before it is protected (RFC 2003 3.1).
  if (!decrement_ttl(packet)) {
    drops_.drop(kDropTtl, Tap::kInside, packet, spi_of(sa));
    if (tell) answers_.tell(IcmpCause::kTimeExceeded, packet, 0, tags, now);
    return;
  }
  protect(packet, sa, tags, tell, now);
}

void Path::take_own(Time now) {
  own_ = shared_.own.take();
  if (shared_.tun) read_tun(now);
  for (OwnPacket& own : own_) {
    const auto fields = read_ip(own.data);
    const auto sa = fields ? shared_.outbound.sa_for(*fields) : std::nullopt;
    if (!sa) {
      if (fields) shared_.outbound.note_miss(*fields);
      drops_.drop(kDropOwn, own.from_tun ? Tap::kTun : Tap::kInside, own.data);
      continue;
    }
    protect(own.data, *sa, own.tags, false, now);
  }
}

// What the kernel would forward into a tunnel is not ours: it has come past the steering, and nobody knows from where.
void Path::read_tun(Time now) {
  for (size_t i = 0; i < batch_; ++i) {
    std::vector<uint8_t> packet = shared_.tun->read();
    if (packet.empty()) return;
    const auto fields = read_ip(packet);
    if (!fields || !shared_.inside.way_to(fields->src(), now).local) {
      drops_.drop(kDropTunSource, Tap::kTun, packet);
      continue;
    }
    counters_.add(kFromTun);
    own_.push_back({std::move(packet), {}, true});
  }
}

// A tunnel's inner packet is cut, and each fragment protected (RFC 4301 7, 8.1). Transport mode protects whole
// datagrams only, and it is the ESP packet that is cut (RFC 4303 3.3.4), as the datagram's sender would have.
void Path::protect(std::span<uint8_t> packet, SaHandle handle, Tags tags, bool tell, Time now,
                   std::optional<uint32_t> datagram) {
  auto sa = shared_.outbound.find(handle);
  if (!sa) {
    // Gone since the steering program chose it, as in a rekey: the one that has its place, if there is one.
    const auto fields = read_ip(packet);
    const auto other = fields ? shared_.outbound.sa_for(*fields) : std::nullopt;
    if (other) sa = shared_.outbound.find(handle = *other);
    if (!sa) return give(packet, handle, {tags});  // the engine's to say
  }
  const bool tunnel = sa->overhead.tunnel();
  const auto piece = tunnel ? std::nullopt : read_fragment(packet);
  if (piece && datagram) return drops_.drop(kDropFragmentBad, came_, packet);  // a fragment of a fragment
  if (piece) {
    auto whole = collect(*piece, packet, handle, now);
    if (whole) protect(made_.emplace_back(std::move(whole->packet)), whole->sa, tags, tell, now, whole->id);
    return;
  }
  const size_t mtu = to_.way_to(sa->dst, now).mtu;
  const size_t most = sa->overhead.largest(mtu, front_bytes(packet));
  if (shared_.mss_clamp && clamp_mss(packet, most)) counters_.add(kMssClamped);
  if (packet.size() <= most) return give(packet, handle, {tags, datagram});
  if (!tunnel && (may_be_fragmented(packet) || (datagram && packet[0] >> 4 == 6)))
    return give(packet, handle, {tags, datagram, mtu});
  auto fragments = tunnel ? cut(packet, most, std::nullopt) : std::vector<std::vector<uint8_t>>();
  if (fragments.empty()) return refuse(packet, most, tags, tell, now);
  for (std::vector<uint8_t>& fragment : fragments) give(made_.emplace_back(std::move(fragment)), handle, {tags});
}

std::vector<std::vector<uint8_t>> Path::cut(std::span<const uint8_t> packet, size_t most,
                                            std::optional<uint32_t> datagram) {
  std::vector<std::vector<uint8_t>> fragments;
  if (may_be_fragmented(packet)) fragments = fragments_of(packet, most);
  if (datagram && packet[0] >> 4 == 6) fragments = fragments_of_v6(packet, most, *datagram);
  if (fragments.empty()) return fragments;
  counters_.add(kFragmented);
  counters_.add(kFragments, fragments.size());
  return fragments;
}

void Path::refuse(std::span<const uint8_t> packet, size_t most, Tags tags, bool tell, Time now) {
  drops_.drop(kDropTooBig, Tap::kInside, packet);
  const bool v6 = packet[0] >> 4 == 6;
  // Below the least that a link may have no number helps the sender: an IPv6 one would go on with 1280 (RFC 8201 4).
  if (most < (v6 ? kLeastMtuV6 : kLeastMtuV4) || !tell) return;
  answers_.tell(IcmpCause::kTooBig, packet, most, tags, now);
}

void Path::send_cut(std::span<const uint8_t> packet, const Beside& beside, Time now) {
  const auto fragments = cut(packet, beside.cut_to, beside.datagram);
  if (fragments.empty()) return drops_.drop(kDropTooBig, Tap::kOutside, packet);
  for (const std::vector<uint8_t>& fragment : fragments) to_.send(fragment, beside.tags, now);
}

std::optional<uint32_t> Path::spi_of(SaHandle handle) const {
  if (direction_ != Direction::kOut || !drops_.tap().on()) return std::nullopt;  // ESP tells it itself
  const auto sa = shared_.outbound.find(handle);
  return sa ? std::optional(sa->spi) : std::nullopt;
}

void Path::forward(const PacketIn& given, const PacketOut& result, const Beside& beside, Time now) {
  if (result.status != abi::kOk) return drops_.drop(result.status, came_, given.data, spi_of(given.sa));
  counters_.add(result.status);
  if (drops_.tap().on()) drops_.tap().passed(direction_, given.data, result.data, result.seq);
  if (direction_ == Direction::kOut) {
    if (result.data.size() > beside.cut_to && beside.cut_to != 0) return send_cut(result.data, beside, now);
    return to_.send(result.data, beside.tags, now);
  }
  if (!shared_.check.allows(result.sa, result.data)) return drops_.drop(kDropSelector, Tap::kInside, result.data);
  recovered_.assign(result.data.begin(), result.data.end());
  // In a tunnel it was the tunnel's packet that came in fragments.
  const bool as_it_came = beside.datagram && shared_.check.transport(result.sa);
  send_inside(recovered_, beside.tags, as_it_came ? beside.datagram : std::nullopt, now);
}

// A recovered SYN says how long segments the other way may be, and those must fit the SA that they will go through.
void Path::clamp_recovered(std::span<uint8_t> packet, const IpFields& fields, Time now) {
  IpFields back = fields;
  std::swap(back.flow.src, back.flow.dst);
  std::swap(back.flow.sport, back.flow.dport);
  const auto handle = shared_.outbound.sa_for(back);
  const auto sa = handle ? shared_.outbound.find(*handle) : std::nullopt;
  if (!sa) return;
  const size_t most = sa->overhead.largest(shared_.outside.way_to(sa->dst, now).mtu, front_bytes(packet));
  if (clamp_mss(packet, most)) counters_.add(kMssClamped);
}

// Not forwarded: its TTL stays. The kernel's answer takes the kernel's route, which must lead to the tunnel again.
void Path::send_here(std::span<const uint8_t> packet, const IpFields& fields, Time now) {
  if (to_.way_to(fields.src(), now).interface != shared_.tun->index())
    return drops_.drop(kDropTunRoute, Tap::kTun, packet);
  if (!shared_.tun->write(packet.first(fields.total_length))) return drops_.drop(kDropTun, Tap::kTun, packet);
  counters_.add(kToTun);
}

void Path::send_inside(std::span<uint8_t> packet, Tags tags, std::optional<uint32_t> datagram, Time now) {
  if (shared_.tun) {
    const auto arrived = read_ip(packet);
    if (arrived && to_.way_to(arrived->dst(), now).local) return send_here(packet, *arrived, now);
  }
  if (!decrement_ttl(packet)) {
    drops_.drop(kDropTtl, Tap::kInside, packet);
    return answers_.tell(IcmpCause::kTimeExceeded, packet, 0, tags, now);
  }
  const auto fields = read_ip(packet);
  if (!fields) return drops_.drop(kDropFrame, Tap::kInside, packet);
  if (shared_.mss_clamp) clamp_recovered(packet, *fields, now);
  const size_t most = to_.way_to(fields->dst(), now).mtu;
  if (packet.size() <= most) return to_.send(packet, tags, now);
  const auto fragments = cut(packet, most, datagram);
  if (fragments.empty()) return refuse(packet, most, tags, true, now);
  for (const std::vector<uint8_t>& fragment : fragments) to_.send(fragment, tags, now);
}

}  // namespace xesp::dataplane
