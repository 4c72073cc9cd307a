// SPDX-License-Identifier: Apache-2.0
//
// Random descriptors for in_replay, and what must become of each by a plain model: a set of all numbers accepted, and
// counts. Windows of every size, numbers of 64 bits around everything where a window could go wrong.
#ifndef XESP_TESTS_RTL_KERNELS_REPLAY_TRAFFIC_H
#define XESP_TESTS_RTL_KERNELS_REPLAY_TRAFFIC_H

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <vector>

#include "engine/lifetime.h"
#include "engine/window_memory.h"
#include "kernel_seed.h"
#include "streams.h"

namespace xesp::test {

using streams::Chk;
using streams::Rel;
using streams::Top;
using streams::Verdict;

// RFC 4303 3.4.3 to the letter, with a window of any size.
class PlainWindow {
 public:
  PlainWindow(unsigned size, uint64_t floor) : size_(size), floor_(floor), top_(floor) {}

  bool left(uint64_t n) const { return size_ != 0 && top_ >= size_ && n <= top_ - size_; }
  abi::DropReason judge(uint64_t n) {
    if (size_ != 0) {
      if (n == 0 || left(n)) return abi::kDropReplayOld;
      if (n <= floor_ || accepted_.contains(n)) return abi::kDropReplay;
    }
    top_ = std::max(top_, n);
    if (size_ != 0) accepted_.insert(n);
    while (!accepted_.empty() && left(*accepted_.begin())) accepted_.erase(accepted_.begin());
    return abi::kOk;
  }
  uint64_t top() const { return top_; }
  uint64_t floor() const { return floor_; }
  unsigned size() const { return size_; }

 private:
  unsigned size_;
  uint64_t floor_, top_;
  std::set<uint64_t> accepted_;
};

struct ReplayStep {
  Chk chk;
  Rel rel;
  // What must come of it.
  uint8_t status = abi::kOk;
  uint8_t events = 0;
  bool accepted = false, moves = false;
  uint64_t seq = 0, packets = 0, bytes = 0;
  uint64_t edge = 0;
  uint32_t epoch = 0;
};

class ReplayTraffic {
 public:
  // Each SA that is installed has so many packets before another takes its place.
  ReplayTraffic(uint64_t seed, size_t life) : random_(seed), life_(life), sizes_(abi::kMaxReplayWindow) {
    std::iota(sizes_.begin(), sizes_.end(), 1u);
    std::shuffle(sizes_.begin(), sizes_.end(), random_);
    epoch_ = static_cast<uint32_t>(random_());
    std::vector<uint16_t> indices(abi::kSaCapacity);
    std::iota(indices.begin(), indices.end(), uint16_t{0});
    std::shuffle(indices.begin(), indices.end(), random_);
    sas_.resize(kSas);
    for (size_t i = 0; i < kSas; ++i) sas_[i].index = indices[i];
  }

  ReplayStep next() {
    if (burst_ == 0) {
      burst_ = random_() % 8;  // one right behind the other of the same SA, and in turns
      at_ = random_() % kSas;
    } else {
      --burst_;
    }
    Sa& sa = sas_[at_];
    if (sa.packets_left == 0) return install(sa);
    if (random_() % 200 == 0) return read(sa);
    --sa.packets_left;
    return packet(sa);
  }
  size_t installed() const { return installed_; }

 private:
  static constexpr size_t kSas = 12;
  static constexpr uint64_t kText = 64, kClear = kText - 2;

  struct Sa {
    uint16_t index = 0;
    size_t packets_left = 0;
    PlainWindow window{1, 0};
    bool esn = false;
    unsigned row_bits = 0;
    uint32_t base = 0, epoch = 0;
    bool placed = false;
    Lifetime life;
    Done done;
    uint64_t recent = 0;
  };

  uint64_t below(uint64_t n) { return random_() % n; }
  uint64_t limit(uint64_t most) { return below(3) == 0 ? 1 + below(most) : abi::kNoLimit; }

  // The vendor's ap_uint begins with anything.
  static Chk nothing() { return hls_util::unpack<Chk>(ap_uint<streams::kChkBits>(0)); }
  static Chk good() {
    Chk c = nothing();
    c.icv_ok = c.pad_ok = 1;
    c.next_header = 4;
    c.inner = inner(kClear);
    return c;
  }

  // First bytes of an inner IPv4 packet of this length.
  static ap_uint<48> inner(unsigned length) {
    ap_uint<48> bytes = 0x45;
    bytes.range(23, 16) = length >> 8;
    bytes.range(31, 24) = length & 0xff;
    return bytes;
  }

  Rel rel_of(const Sa& sa, abi::Op op) {
    Rel r = hls_util::unpack<Rel>(ap_uint<streams::kRelBits>(0));
    r.op = op;
    r.sa_index = sa.index;
    r.out_cap = 128;
    r.ct_len = kText;
    // Without meaning here, so anything.
    r.rule.window = below(8192);
    r.rule.base = below(abi::kWindowMemoryRows);
    r.rule.epoch = below(1u << 31);
    r.limits.hard_bytes = below(1000);
    return r;
  }

  ReplayStep install(Sa& sa) {
    if (sa.placed) memory_.give_back(sa.base, sa.row_bits);
    const uint64_t wrap = uint64_t{1} << 32;
    const uint64_t starts[] = {0,
                               1,
                               below(300),
                               wrap - below(3000),
                               wrap + below(3000),
                               (1 + below(1000)) * wrap - below(100),
                               random_() >> (1 + below(63)),
                               ~uint64_t{0} - below(3000)};
    const uint64_t floor = starts[below(std::size(starts))];
    const bool off = below(40) == 0;
    sa.window = PlainWindow(off ? 0 : sizes_[installed_ % sizes_.size()], floor);
    if (!off) ++installed_;
    sa.esn = below(2) != 0;
    sa.placed = !off;
    sa.row_bits = off ? static_cast<unsigned>(below(7)) : abi::window_row_bits(sa.window.size());
    sa.base = off ? static_cast<uint32_t>(below(abi::kWindowMemoryRows)) : memory_.take(sa.row_bits);
    sa.epoch = ++epoch_;
    sa.packets_left = life_ / 2 + below(life_);
    sa.life = {limit(life_), limit(2 * life_), limit(life_ * kClear), limit(2 * life_ * kClear)};
    sa.done = {};
    sa.recent = floor;

    ReplayStep s{};
    s.chk = nothing();
    s.rel = rel_of(sa, abi::kOpSaInstall);
    s.rel.install = 1;
    s.rel.seq = floor;
    s.rel.rule.window = sa.window.size();
    s.rel.rule.row_bits = sa.row_bits;
    s.rel.rule.base = sa.base;
    s.rel.rule.epoch = sa.epoch;
    s.rel.limits.soft_packets = sa.life.soft_packets;
    s.rel.limits.hard_packets = sa.life.hard_packets;
    s.rel.limits.soft_bytes = sa.life.soft_bytes;
    s.rel.limits.hard_bytes = sa.life.hard_bytes;
    return s;
  }

  ReplayStep read(const Sa& sa) {
    ReplayStep s{};
    s.chk = nothing();
    s.rel = rel_of(sa, abi::kOpSaRead);
    s.seq = sa.window.top();
    s.packets = sa.done.packets;
    s.bytes = sa.done.bytes;
    return s;
  }

  // Never beyond the last number; where that would be, the last one.
  static uint64_t plus(uint64_t n, uint64_t step) { return n > ~uint64_t{0} - step ? ~uint64_t{0} : n + step; }
  static uint64_t minus(uint64_t n, uint64_t step) { return n < step ? 0 : n - step; }

  uint64_t number(const Sa& sa) {
    const uint64_t top = sa.window.top(), size = std::max(1u, sa.window.size());
    const uint64_t round = uint64_t{128} << sa.row_bits;  // numbers until the same row comes again
    const uint64_t kind = below(100);
    if (kind < 45) return plus(top, 1 + below(3));
    if (kind < 65) return minus(top, below(size));
    if (kind < 72) return minus(plus(top, 2), size - 2 + below(5));  // both sides of the left edge
    if (kind < 80) return plus(top, 1 + below(2 * size));
    if (kind < 84) return minus(plus(top, (1 + below(4)) * round), below(260));  // another block in the same row
    if (kind < 88) return plus(minus(top, (1 + below(4)) * round), below(260));
    if (kind < 90) return plus(top, (uint64_t{1} << 31) - 2 + below(5));
    if (kind < 91) return plus(top, (uint64_t{1} << (32 + below(20))) - 2 + below(5));
    if (kind < 92) return minus(plus(top, 2), uint64_t{1} << 32);
    if (kind < 95) return sa.recent;
    if (kind < 96) return 0;
    if (kind < 98) return minus(plus(sa.window.floor(), 2), below(5));
    return below(top | 1);
  }

  ReplayStep packet(Sa& sa) {
    ReplayStep s{};
    s.chk = good();
    s.rel = rel_of(sa, abi::kOpPacket);
    s.rel.packet = 1;
    s.rel.esn = sa.esn;
    s.rel.replay_off = sa.window.size() == 0;
    s.epoch = sa.epoch;
    const uint64_t n = s.seq = number(sa);
    s.rel.seq = n;
    const bool other_number = sa.esn && sa.window.left(n);  // hls/kernels/esn.h
    switch (below(60)) {
      case 0:
        s.chk.icv_ok = 0;
        s.status = abi::kDropIcv;
        return s;
      case 1:
        s.chk.pad_ok = 0;
        s.status = other_number ? abi::kDropIcv : abi::kDropPadding;
        return s;
      case 2:
        s.chk.inner = inner(kClear + 1);
        s.status = other_number ? abi::kDropIcv : abi::kDropInner;
        return s;
      case 3:
        s.rel.packet = 0;
        s.rel.status = s.status = abi::kDropShort;
        return s;  // dropped by a kernel before
      default:
        break;
    }
    const uint64_t before = sa.window.top();
    s.status = sa.window.judge(n);
    s.moves = sa.window.top() != before;
    s.edge = minus(n, std::max(1u, sa.window.size()) - 1);
    if (other_number) s.status = abi::kDropIcv;
    if (s.status == abi::kOk && sa.done.expired(sa.life)) s.status = abi::kDropExpired;
    s.accepted = s.status == abi::kOk;
    if (s.accepted) s.events = sa.done.count(sa.life, kClear);
    sa.recent = n;
    return s;
  }

  std::mt19937_64 random_;
  size_t life_;
  std::vector<unsigned> sizes_;  // every one, in random order
  size_t installed_ = 0;
  uint32_t epoch_;
  WindowMemory memory_;
  std::vector<Sa> sas_;
  size_t at_ = 0, burst_ = 0;
};

// What in_replay gave for a step.
inline void expect_step(const ReplayStep& want, const Verdict& v, const Top& t) {
  ASSERT_EQ(v.status.to_uint(), want.status);
  if (want.rel.op == abi::kOpPacket) {
    ASSERT_EQ(v.seq.to_uint64(), want.seq);
    ASSERT_EQ(v.out_len.to_uint(), want.accepted ? 62u : 0u);
  }
  if (want.rel.op == abi::kOpSaRead) {
    ASSERT_EQ(v.seq.to_uint64(), want.seq);
    ASSERT_EQ(v.packets.to_uint64(), want.packets);
    ASSERT_EQ(v.bytes.to_uint64(), want.bytes);
  }
  ASSERT_EQ(v.events.to_uint(), want.events);
  ASSERT_EQ(t.valid.to_uint(), want.moves);
  if (want.moves) {
    ASSERT_EQ(t.sa_index.to_uint(), want.rel.sa_index.to_uint());
    ASSERT_EQ(t.epoch.to_uint(), want.epoch);
    ASSERT_EQ(t.edge.to_uint64(), want.edge);
  }
}

}  // namespace xesp::test
#endif
