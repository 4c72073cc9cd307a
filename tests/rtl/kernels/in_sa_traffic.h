// SPDX-License-Identifier: Apache-2.0
//
// Random descriptors for in_sa, as in_parse gives them, and the words that come back from in_replay: few SAs and few
// lookup keys, so that neighbours often are of the same one, and numbers on both sides of the windows' edges.
#ifndef XESP_TESTS_RTL_KERNELS_IN_SA_TRAFFIC_H
#define XESP_TESTS_RTL_KERNELS_IN_SA_TRAFFIC_H

#include <array>
#include <cstring>
#include <map>
#include <random>
#include <vector>

#include "kernel_seed.h"
#include "pair_words.h"
#include "streams.h"
#include "xesp_abi.h"

namespace xesp::test {

class InSaTraffic {
 public:
  explicit InSaTraffic(uint64_t seed) : random_(seed) {
    sas_[0].index = 0;
    sas_[1].index = abi::kSaCapacity - 1;
    sas_[2].index = static_cast<uint16_t>(1 + below(abi::kSaCapacity - 2));
    sas_[3].index = sas_[2].index ^ 1;
    sas_[3].ah = true;
    for (size_t i = 0; i < keys_.size(); ++i) {
      Key& k = keys_[i];
      for (uint8_t& b : k.spi) b = static_cast<uint8_t>(random_());
      k.v6 = i % 2;
      for (size_t b = 0; b < (k.v6 ? 16u : 4u); ++b) k.destination[b] = static_cast<uint8_t>(random_());
      k.ah = i % 3 == 2;
    }
    keys_[1].spi = keys_[0].spi;
  }

  // A run's descriptors, and the word that comes back at each. in_sa_pair looks at the edges of both descriptors of a
  // pair before it takes in both words; in_sa takes the even one's word before it looks for the odd one. On the card
  // those words are 256 descriptors old, and the few numbers between do not count; here none moves the edge of just
  // that SA.
  struct Run {
    std::vector<std::vector<ap_uint<streams::kReqBits>>> requests;
    std::vector<bool> packet;
    std::vector<ap_uint<streams::kTopBits>> tops;
    // As calls of the pair kernel take them, one at the first call of each descriptor or pair.
    std::vector<PairWord<streams::kTopBits>> top_pairs;
  };

  Run run(size_t count, bool commands_alone) {
    Run r;
    std::vector<streams::Top> tops;
    std::vector<uint16_t> of;
    for (size_t i = 0; i < count; ++i) {
      tops.push_back(top());
      r.requests.emplace_back();
      const std::vector<streams::Req> beats = commands_alone ? command() : next();
      for (const streams::Req& b : beats) r.requests.back().push_back(hls_util::pack<streams::kReqBits>(b));
      r.packet.push_back(beats[0].packet);
      of.push_back(beats[0].packet ? found() : 0);
    }
    for (size_t i = 0; i < count; i += 2) {
      const bool together = i + 1 < count && r.packet[i] && r.packet[i + 1];
      if (together && tops[i].sa_index == of[i + 1]) tops[i].valid = 0;
    }
    for (const streams::Top& t : tops) r.tops.push_back(hls_util::pack<streams::kTopBits>(t));
    for (size_t i = 0; i < count; ++i) {
      const bool together = i % 2 == 0 && i + 1 < count && r.packet[i] && r.packet[i + 1];
      // What comes back was grouped by other descriptors than those that take it.
      r.top_pairs.push_back(together ? both_words<streams::kTopBits>(r.tops[i], r.tops[i + 1])
                                     : word_alone<streams::kTopBits>(r.tops[i], below(2) != 0));
      if (together) ++i;
    }
    return r;
  }

 private:
  struct Key {
    std::array<uint8_t, 4> spi{};
    std::array<uint8_t, 16> destination{};
    bool v6 = false, ah = false;
    uint8_t proto() const { return static_cast<uint8_t>((ah ? 51 : 50) | (v6 ? abi::kLookupIpv6 : 0)); }
  };
  struct Sa {
    uint16_t index = 0;
    uint32_t epoch = 0, flags = 0;
    uint64_t edge = 0;
    bool installed = false, ah = false;
  };
  struct Slot {
    const Key* key = nullptr;
    uint16_t sa_index = 0;
  };

  uint64_t below(uint64_t n) { return random_() % n; }
  bool one_in(uint64_t n) { return below(n) == 0; }
  static uint64_t plus(uint64_t n, uint64_t step) { return n > ~uint64_t{0} - step ? ~uint64_t{0} : n + step; }

  ap_uint<512> anything() {
    ap_uint<512> v = 0;
    for (int i = 0; i < 8; ++i) v = (v << 64) | ap_uint<512>(random_());
    return v;
  }

  // The index that the last packet's key leads to.
  uint16_t found() const {
    for (unsigned way = 0; way < abi::kLookupWays; ++way) {
      const auto at = slots_.find({way, row_of(way, *key_)});
      if (at != slots_.end() && at->second.key == key_) return at->second.sa_index;
    }
    return 0;
  }
  static uint32_t row_of(unsigned way, const Key& k) {
    return abi::lookup_row(way, k.spi.data(), k.destination.data(), k.proto());
  }

  streams::Top top() {
    Sa& sa = sas_[below(sas_.size())];
    streams::Top t;
    t.valid = !one_in(4);
    t.sa_index = sa.index;
    t.epoch = sa.epoch;
    if (one_in(8)) {  // of an SA before
      t.epoch = sa.epoch - 1 - below(3);
      t.edge = random_();
      return t;
    }
    const uint64_t steps[] = {0, 1, below(100), (uint64_t{1} << 31) - below(3), uint64_t{1} << 32, random_() >> 8};
    if (t.valid) sa.edge = plus(sa.edge, steps[below(10) == 0 ? below(6) : below(3)]);
    t.edge = sa.edge;
    return t;
  }

  std::vector<streams::Req> next() { return one_in(12) ? command() : std::vector<streams::Req>{packet()}; }

  std::vector<streams::Req> command() {
    Sa& sa = sas_[below(sas_.size())];
    const uint64_t kind = below(100);
    if (kind < 35 || !sa.installed) return install(sa);
    if (kind < 65) return {lookup_write()};
    if (kind < 80) return {plain(sa, abi::kOpSaRead)};
    if (kind < 84) {
      sa.installed = false;
      return {plain(sa, abi::kOpSaDelete)};
    }
    if (kind < 90) return nop(sa);
    return {refused(sa)};
  }

  streams::Req plain(const Sa& sa, uint8_t op) {
    streams::Req r = hls_util::unpack<streams::Req>(ap_uint<streams::kReqBits>(0));
    r.op = op;
    r.sa_index = sa.index;
    r.data = anything();
    r.ok = r.last = 1;
    r.final = below(2);
    // Without meaning of a command, so anything.
    r.esp = ap_uint<128>(anything().range(127, 0));
    r.sa_gen = below(65536);
    r.out_cap = below(16384);
    r.v6 = below(2);
    r.udp = below(2);
    r.ip_words = below(32);
    r.protocol = one_in(2) ? 51 : below(256);
    r.next_at = below(4);
    return r;
  }

  streams::Req packet() {
    if (burst_ == 0) {
      burst_ = below(8);
      at_ = below(keys_.size());
    } else {
      --burst_;
    }
    // In turns or one behind the other.
    key_ = &keys_[one_in(3) ? below(keys_.size()) : at_];
    const Key& k = *key_;
    const uint16_t index = found();
    const Sa* sa = nullptr;
    for (const Sa& s : sas_)
      if (s.index == index) sa = &s;
    streams::Req r = plain(*sa, abi::kOpPacket);
    r.sa_index = below(65536);
    r.packet = 1;
    r.v6 = k.v6;
    r.udp = ((sa->flags & abi::kSaUdpEncap) != 0) != one_in(30);
    r.protocol = k.ah ? 51 : 50;
    r.ip_words = k.v6 ? 10 : 5;
    if (!k.ah && one_in(4)) r.ip_words = k.v6 ? 10 + 2 * below(3) : 5 + below(11);
    // Both sides of the edge, also 2^32 away.
    const uint32_t near = static_cast<uint32_t>(sa->edge) + static_cast<uint32_t>(below(64)) - 32;
    const uint32_t seq = one_in(8) ? static_cast<uint32_t>(random_()) : near;
    ap_uint<64> front = 0;  // SPI and number as on the wire
    for (int i = 0; i < 4; ++i) {
      front.range(8 * i + 7, 8 * i) = k.spi[i];
      front.range(8 * i + 39, 8 * i + 32) = (seq >> (24 - 8 * i)) & 0xff;
    }
    const int destination = k.v6 ? 192 : 128, ah = 32 * (k.v6 ? 11 : 6);
    for (int i = 0; i < (k.v6 ? 16 : 4); ++i)
      r.data.range(destination + 8 * i + 7, destination + 8 * i) = k.destination[i];
    if (k.ah)
      r.data.range(ah + 63, ah) = front;
    else
      r.esp.range(63, 0) = front;
    r.in_len = 4 * r.ip_words + below(120);
    if (one_in(10)) r.in_len = 4 * (r.ip_words + 6 + below(5));  // no text, or nearly
    if (one_in(20)) r.in_len = abi::kMaxPacketBytes - below(100);
    if (one_in(40)) {
      r.status = one_in(2) ? abi::kDropShort : abi::kDropBadDescriptor;
      r.ok = 0;
    }
    return r;
  }

  std::vector<streams::Req> install(Sa& sa) {
    abi::SaEntry e;
    std::array<uint64_t, sizeof e / 8> noise;
    for (uint64_t& v : noise) v = random_();
    std::memcpy(&e, noise.data(), sizeof e);
    const bool ah = sa.ah != one_in(20);
    e.flags = abi::kSaValid | abi::kSaInbound |
              (random_() & (abi::kSaTunnel | abi::kSaCopyDscp | abi::kSaNoEcn | abi::kSaReplayOff));
    if (!one_in(4)) e.flags |= abi::kSaEsn;
    if (ah)
      e.flags |= abi::kSaAh | abi::kSaGmac;
    else
      e.flags |= random_() & (abi::kSaUdpEncap | abi::kSaImplicitIv | abi::kSaGmac);
    e.icv_cut = ah ? 0 : static_cast<uint8_t>(below(3));
    e.key_cut = static_cast<uint8_t>(below(3));
    e.window = static_cast<uint16_t>(1 + below(abi::kMaxReplayWindow));
    if (one_in(2)) e.window = static_cast<uint16_t>(1 + below(64));
    e.window_rows = static_cast<uint8_t>(abi::window_row_bits(e.window));
    e.reserved3 = 0;
    e.window_base = static_cast<uint32_t>(below(abi::kWindowMemoryRows >> e.window_rows) << e.window_rows);
    e.window_epoch = ++epoch_;
    const uint64_t wrap = uint64_t{1} << 32;
    const uint64_t starts[] = {0,        below(1000), wrap - below(2000), wrap + below(100), ~uint64_t{0} - below(20),
                               random_()};
    e.seq = starts[below(std::size(starts))];
    bool good = true;
    if (one_in(12)) {
      good = false;
      switch (below(4)) {
        case 0:
          e.flags &= ~uint32_t{abi::kSaInbound};
          break;
        case 1:
          e.icv_cut = static_cast<uint8_t>(3 + below(250));
          break;
        case 2:
          e.flags = (e.flags & ~uint32_t{abi::kSaGmac}) | abi::kSaAh;
          break;
        default:
          e.flags &= ~uint32_t{abi::kSaReplayOff};
          e.window = 0;
          break;
      }
    }
    sa.installed = good;
    sa.flags = good ? e.flags : 0;
    if (good) {
      const uint64_t behind = (e.window & 0x1fff) == 0 ? 0 : (e.window & 0x1fff) - 1;
      sa.epoch = e.window_epoch;
      sa.edge = e.seq < behind ? 0 : e.seq - behind;
    }
    uint8_t bytes[sizeof e];
    std::memcpy(bytes, &e, sizeof e);
    std::vector<streams::Req> beats(sizeof e / abi::kBeatBytes, plain(sa, abi::kOpSaInstall));
    for (size_t i = 0; i < beats.size(); ++i) {
      for (int b = 0; b < static_cast<int>(abi::kBeatBytes); ++b)
        beats[i].data.range(8 * b + 7, 8 * b) = bytes[i * abi::kBeatBytes + b];
      beats[i].part = i;
      beats[i].last = i + 1 == beats.size();
    }
    return beats;
  }

  // A key to one of the SAs, in any way; the way before may have it too.
  streams::Req lookup_write() {
    const Key& k = keys_[below(keys_.size())];
    const Sa& sa = sas_[one_in(10) ? below(4) : k.ah ? 3 : below(3)];
    abi::LookupSlot s{};
    s.way = static_cast<uint8_t>(below(abi::kLookupWays));
    s.row = static_cast<uint16_t>(row_of(s.way, k));
    s.valid = !one_in(8);
    s.sa_index = sa.index;
    s.proto = k.proto();
    std::memcpy(s.spi_be, k.spi.data(), sizeof s.spi_be);
    std::memcpy(s.dst_be, k.destination.data(), sizeof s.dst_be);
    if (one_in(12)) {
      s.way = static_cast<uint8_t>(abi::kLookupWays + below(4));
    } else if (one_in(12) && abi::kLookupRowBits < 16) {
      s.row = static_cast<uint16_t>(abi::kLookupRows);
    } else {
      slots_[{s.way, s.row}] = s.valid ? Slot{&k, sa.index} : Slot{};
    }
    streams::Req r = plain(sas_[below(sas_.size())], abi::kOpLookupWrite);
    uint8_t bytes[sizeof s];
    std::memcpy(bytes, &s, sizeof s);
    for (int b = 0; b < static_cast<int>(abi::kBeatBytes); ++b) r.data.range(8 * b + 7, 8 * b) = bytes[b];
    return r;
  }

  std::vector<streams::Req> nop(const Sa& sa) {
    std::vector<streams::Req> beats;
    const size_t count = 1 + below(6);
    for (size_t i = 0; i < count; ++i) {
      beats.push_back(plain(sa, abi::kOpNop));
      beats.back().part = i;
      beats.back().last = i + 1 == count;
    }
    return beats;
  }

  // A command that in_parse did not take, or an index beyond the table whose low bits are those of an SA: one word.
  streams::Req refused(const Sa& sa) {
    static constexpr uint8_t kOps[] = {abi::kOpSaInstall, abi::kOpSaDelete, abi::kOpSaRead, abi::kOpLookupWrite, 99};
    streams::Req r = plain(sa, kOps[below(std::size(kOps))]);
    r.part = below(4);
    if (abi::kSaIndexBits < 16 && one_in(2) && r.op != abi::kOpLookupWrite) {
      r.sa_index = sa.index | abi::kSaCapacity;
      return r;
    }
    r.ok = 0;
    r.status = one_in(2) ? abi::kDropSaInvalid : abi::kDropBadDescriptor;
    return r;
  }

  std::mt19937_64 random_;
  std::array<Sa, 4> sas_;
  std::array<Key, 6> keys_;
  std::map<std::pair<unsigned, unsigned>, Slot> slots_;  // way and row
  const Key* key_ = nullptr;                             // of the last packet
  size_t at_ = 0;
  uint64_t burst_ = 0;
  uint32_t epoch_ = 100;
};

}  // namespace xesp::test
#endif
