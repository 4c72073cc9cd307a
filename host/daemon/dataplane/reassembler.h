// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_REASSEMBLER_H
#define XESP_DAEMON_DATAPLANE_REASSEMBLER_H

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "fragment_piece.h"
#include "path_counters.h"
#include "xesp/engine.h"
#include "xesp/steering.h"

namespace xesp::dataplane {

/// Puts datagrams together from their fragments, of both IP versions, in any order, within bounds: what is too much
/// goes, the oldest first. Fragments that overlap or contradict one another are an attack or broken, so all of their
/// datagram drops, what is still to come included (RFC 5722); an exact copy of one does no harm. One thread.
class Reassembler {
 public:
  using Clock = std::chrono::steady_clock;
  struct Bounds {
    size_t bytes = size_t{4} << 20;  ///< of memory, with what the bookkeeping takes
    size_t datagrams = 1024;
    size_t pieces = 64;  ///< of one datagram
    size_t longest = abi::kMaxPacketBytes;
    Clock::duration patience = std::chrono::nanoseconds(XESP_DATAGRAM_NANOSECONDS);  ///< the steering program's too
  };
  /// Called with the last packet of a reason and how many fragments dropped in all.
  using OnDrop = std::function<void(PathCounter reason, std::span<const uint8_t> packet, size_t count)>;

  struct Whole {
    std::vector<uint8_t> packet;
    SaHandle sa;      ///< the first fragment's: the only one that shows all that an SA is chosen by
    uint32_t id = 0;  ///< of the datagram; for fragments that are made of it again
  };

  Reassembler(const Bounds& bounds, OnDrop on_drop) : bounds_(bounds), on_drop_(std::move(on_drop)) {}

  /// Takes a fragment, and gives the datagram that it was the last one of.
  std::optional<Whole> add(const FragmentPiece& piece, std::span<const uint8_t> packet, SaHandle sa,
                           Clock::time_point now);
  /// Drops what has waited too long.
  void expire(Clock::time_point now);

  size_t bytes() const { return bytes_; }
  size_t datagrams() const { return oldest_first_.size(); }

 private:
  struct Part {
    std::vector<uint8_t> packet;
    FragmentPiece place;
    SaHandle sa;
    std::span<const uint8_t> data() const { return std::span(packet).subspan(place.data_at, place.data_bytes); }
  };
  using Name = std::tuple<uint32_t, uint8_t, bool, std::array<uint8_t, 16>, std::array<uint8_t, 16>>;
  struct Datagram {
    Name name;
    Clock::time_point until;
    std::map<size_t, Part> parts = {};  ///< by offset
    size_t have = 0;                    ///< bytes of data
    std::optional<size_t> total = {};   ///< of data, once the last fragment is here
    std::optional<PathCounter> dead = {};
  };
  using Place = std::list<Datagram>::iterator;

  static Name name_of(const FragmentPiece& piece);
  static size_t cost_of(const Part& part);
  /// Why a fragment can't be part of the datagram as far as it is here, if so.
  std::optional<PathCounter> conflict(const Datagram& datagram, const FragmentPiece& piece) const;
  Place find_or_make(const FragmentPiece& piece, Clock::time_point now);
  void drop_parts(Datagram& datagram, PathCounter reason);
  void forget(Place datagram);
  /// False if `datagram` itself had to go.
  bool make_room(Place datagram);
  /// Nothing if its fragments say of congestion what can't be.
  static std::optional<Whole> join(const Datagram& datagram);

  Bounds bounds_;
  OnDrop on_drop_;
  std::list<Datagram> oldest_first_;
  std::map<Name, Place> by_name_;
  size_t bytes_ = 0;
};

}  // namespace xesp::dataplane
#endif
