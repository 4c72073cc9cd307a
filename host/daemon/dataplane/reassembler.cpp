// SPDX-License-Identifier: Apache-2.0
#include "reassembler.h"

#include <algorithm>
#include <utility>

#include "checksum.h"

namespace xesp::dataplane {
namespace {

constexpr size_t kPartCost = 128, kDatagramCost = 256;  // of the bookkeeping, roughly
constexpr size_t kIpv6Header = 40;
constexpr uint16_t kDontFragment = 0x4000;
constexpr uint8_t kEcn = 3, kCongestion = 3;

uint8_t ecn_of(std::span<const uint8_t> packet) {
  return (packet[0] >> 4 == 4 ? packet[1] : packet[1] >> 4) & kEcn;
}

void set_congestion(std::vector<uint8_t>& packet) {
  packet[1] |= packet[0] >> 4 == 4 ? kCongestion : kCongestion << 4;
}

}  // namespace

Reassembler::Name Reassembler::name_of(const FragmentPiece& piece) {
  return {piece.id, piece.protocol, piece.src.v6, piece.src.bytes, piece.dst.bytes};
}

size_t Reassembler::cost_of(const Part& part) {
  return part.packet.size() + kPartCost;
}

std::optional<Reassembler::Whole> Reassembler::add(const FragmentPiece& piece, std::span<const uint8_t> packet,
                                                   SaHandle sa, Clock::time_point now) {
  expire(now);
  if (!piece.sound) return on_drop_(kDropFragmentBad, packet, 1), std::nullopt;
  Part part{{packet.begin(), packet.end()}, piece, sa};
  if (piece.first() && !piece.more) {  // all of a datagram, whatever else has its name (RFC 6946 4)
    if (piece.front + piece.end() > bounds_.longest) return on_drop_(kDropFragmentLong, packet, 1), std::nullopt;
    Datagram alone;
    alone.total = alone.have = piece.data_bytes;
    alone.parts.emplace(0, std::move(part));
    return join(alone);
  }

  const Place d = find_or_make(piece, now);
  if (const auto& dead = d->dead) return on_drop_(*dead, packet, 1), std::nullopt;
  const auto same = d->parts.find(piece.offset);
  if (same != d->parts.end() && same->second.place.more == piece.more &&
      std::ranges::equal(same->second.data(), part.data()))
    return on_drop_(kDropFragmentCopy, packet, 1), std::nullopt;
  if (const auto reason = conflict(*d, piece)) {
    on_drop_(*reason, packet, 1);
    drop_parts(*d, *reason);
    d->dead = reason;
    return std::nullopt;
  }
  if (!piece.more) d->total = piece.end();
  d->have += piece.data_bytes;
  bytes_ += cost_of(part);
  d->parts.emplace(piece.offset, std::move(part));
  if (!make_room(d)) return std::nullopt;
  const auto total = d->total;
  if (!total || d->have != *total) return std::nullopt;

  std::optional<Whole> whole;
  if (d->parts.begin()->second.place.front + *total > bounds_.longest)
    drop_parts(*d, kDropFragmentLong);
  else if (whole = join(*d); !whole)
    drop_parts(*d, kDropFragmentBad);
  forget(d);
  return whole;
}

std::optional<PathCounter> Reassembler::conflict(const Datagram& datagram, const FragmentPiece& piece) const {
  if (piece.front + piece.end() > bounds_.longest) return kDropFragmentLong;
  if (datagram.parts.size() == bounds_.pieces) return kDropFragmentFull;
  const auto after = datagram.parts.upper_bound(piece.offset);
  if (after != datagram.parts.end() && (after->first < piece.end() || !piece.more)) return kDropFragmentOverlap;
  if (after != datagram.parts.begin() && std::prev(after)->second.place.end() > piece.offset)
    return kDropFragmentOverlap;
  // Nothing may lie behind a last fragment, nor another one end elsewhere.
  if (datagram.total && (!piece.more || piece.end() >= *datagram.total)) return kDropFragmentOverlap;
  return std::nullopt;
}

Reassembler::Place Reassembler::find_or_make(const FragmentPiece& piece, Clock::time_point now) {
  const Name name = name_of(piece);
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  if (oldest_first_.size() == bounds_.datagrams) {
    drop_parts(oldest_first_.front(), kDropFragmentFull);
    forget(oldest_first_.begin());
  }
  const Place made = oldest_first_.insert(oldest_first_.end(), Datagram{.name = name, .until = now + bounds_.patience});
  by_name_.emplace(name, made);
  bytes_ += kDatagramCost;
  return made;
}

void Reassembler::drop_parts(Datagram& datagram, PathCounter reason) {
  if (datagram.parts.empty()) return;
  on_drop_(reason, datagram.parts.begin()->second.packet, datagram.parts.size());
  for (const auto& [offset, part] : datagram.parts) bytes_ -= cost_of(part);
  datagram.parts.clear();
}

void Reassembler::forget(Place datagram) {
  for (const auto& [offset, part] : datagram->parts) bytes_ -= cost_of(part);
  bytes_ -= kDatagramCost;
  by_name_.erase(datagram->name);
  oldest_first_.erase(datagram);
}

bool Reassembler::make_room(Place datagram) {
  bool stays = true;
  while (bytes_ > bounds_.bytes && !oldest_first_.empty()) {
    const Place oldest = oldest_first_.begin();
    stays = stays && oldest != datagram;
    drop_parts(*oldest, kDropFragmentFull);
    forget(oldest);
  }
  return stays;
}

void Reassembler::expire(Clock::time_point now) {
  while (!oldest_first_.empty() && oldest_first_.front().until <= now) {
    drop_parts(oldest_first_.front(), kDropFragmentTimeout);
    forget(oldest_first_.begin());
  }
}

// The header is the first fragment's (RFC 791 3.2, RFC 8200 4.5); one that met congestion tells it for all, and with
// one that can't have, somebody lies (RFC 3168 5.3).
std::optional<Reassembler::Whole> Reassembler::join(const Datagram& datagram) {
  const Part& first = datagram.parts.begin()->second;
  const std::span<const uint8_t> from = first.packet;
  const size_t front = first.place.front;
  Whole out{{from.begin(), from.begin() + static_cast<std::ptrdiff_t>(front)}, first.sa, first.place.id};
  bool congestion = false, incapable = false;
  for (const auto& [offset, part] : datagram.parts) {
    const auto data = part.data();
    out.packet.insert(out.packet.end(), data.begin(), data.end());
    congestion = congestion || ecn_of(part.packet) == kCongestion;
    incapable = incapable || ecn_of(part.packet) == 0;
  }
  if (congestion && incapable) return std::nullopt;
  if (congestion) set_congestion(out.packet);
  if (first.place.src.v6) {
    out.packet[first.place.next_field] = from[front];  // what the fragment header says comes next
    store_be16(&out.packet[4], out.packet.size() - kIpv6Header);
    return out;
  }
  store_be16(&out.packet[2], out.packet.size());
  store_be16(&out.packet[6], load_be16(&from[6]) & kDontFragment);
  store_be16(&out.packet[10], 0);
  store_be16(&out.packet[10], Checksum().add(std::span(out.packet).first(front)).value());
  return out;
}

}  // namespace xesp::dataplane
