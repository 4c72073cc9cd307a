// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_INBOUND_INDEX_H
#define XESP_ENGINE_INBOUND_INDEX_H

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/inbound_key.h"

namespace xesp {

/// Which inbound SA a packet is for: a hash table in one piece, so that a look-up waits for memory once, with keys of
/// whole words, so that a packet's goes from its headers to the comparison in registers. Not thread safe.
class InboundIndex {
 public:
  /// An InboundKey in words, its bytes as they stand there.
  struct Key {
    uint64_t dst_low, dst_high, rest;

    static Key of(const InboundKey& key) {
      return {esp::load_raw64(key.dst.data()), esp::load_raw64(key.dst.data() + 8),
              esp::load_raw32(key.spi.data()) | uint64_t{key.proto} << 32};
    }
    static Key of(const SaConfig& sa) { return of(InboundKey::of(sa)); }
    /// Of a packet whose headers were read, ESP (in UDP too) or AH, with its SPI at `spi_at`.
    static Key of(std::span<const uint8_t> packet, bool v6, uint8_t proto, size_t spi_at) {
      const uint64_t rest = esp::load_raw32(&packet[spi_at]) | uint64_t{proto} << 32;
      if (!v6) return {esp::load_raw32(&packet[esp::kIpDestination]), 0, rest};
      const uint8_t* const dst = &packet[esp::kIp6Destination];
      return {esp::load_raw64(dst), esp::load_raw64(dst + 8), rest | uint64_t{abi::kLookupIpv6} << 32};
    }
    bool operator==(const Key&) const = default;
  };

  InboundIndex() : slots_(kFewest) {}

  std::optional<uint16_t> find(const Key& key) const {
    for (size_t at = home(key);; at = after(at)) {
      const Slot& slot = slots_[at];
      if (!slot.taken) return std::nullopt;
      if (slot.key == key) return slot.sa_index;
    }
  }
  /// A key that is not there.
  void insert(const Key& key, uint16_t sa_index) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    put({key, sa_index, true});
    ++used_;
  }
  /// A key that is there.
  void erase(const Key& key) {
    size_t gap = home(key);
    while (slots_[gap].key != key) gap = after(gap);
    // What was pushed beyond the gap by what stood in it moves up, so that no search ends there too early.
    for (size_t at = after(gap); slots_[at].taken; at = after(at)) {
      const size_t pushed = (at - home(slots_[at].key)) & (slots_.size() - 1);
      if (pushed < ((at - gap) & (slots_.size() - 1))) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap] = {};
    --used_;
  }

 private:
  struct Slot {
    Key key{};
    uint16_t sa_index = 0;
    bool taken = false;
  };
  static constexpr size_t kFewest = 16;  // a power of two, as every size; at most half are taken

  size_t home(const Key& key) const {
    uint64_t mixed = key.dst_low * 0x9e3779b97f4a7c15u + key.dst_high * 0xc2b2ae3d27d4eb4fu + key.rest;
    mixed = (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93u;
    return (mixed ^ mixed >> 32) & (slots_.size() - 1);
  }
  size_t after(size_t at) const { return (at + 1) & (slots_.size() - 1); }
  void put(const Slot& slot) {
    size_t at = home(slot.key);
    while (slots_[at].taken) at = after(at);
    slots_[at] = slot;
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.taken) put(slot);
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace xesp
#endif
