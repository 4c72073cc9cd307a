// SPDX-License-Identifier: Apache-2.0
//
// Random descriptors for out_sa, as out_parse gives them: few SAs, so that neighbours often are of the same one, and
// numbers and lifetimes that end within a few packets.
#ifndef XESP_TESTS_RTL_KERNELS_OUT_SA_TRAFFIC_H
#define XESP_TESTS_RTL_KERNELS_OUT_SA_TRAFFIC_H

#include <array>
#include <cstring>
#include <random>
#include <vector>

#include "kernel_seed.h"
#include "streams.h"
#include "xesp_abi.h"

namespace xesp::test {

class OutSaTraffic {
 public:
  explicit OutSaTraffic(uint64_t seed) : random_(seed) {
    sas_[0].index = 0;
    sas_[1].index = abi::kSaCapacity - 1;
    sas_[2].index = static_cast<uint16_t>(1 + below(abi::kSaCapacity - 2));
  }

  // Of one descriptor: a word for a packet, several for a command with input.
  std::vector<streams::Req> next() {
    if (burst_ == 0) {
      burst_ = below(12);
      at_ = below(sas_.size());
    } else {
      --burst_;
    }
    // In turns or one behind the other.
    Sa& sa = sas_[below(4) == 0 ? below(sas_.size()) : at_];
    const uint64_t kind = below(100);
    if (!sa.installed ? kind < 30 : sa.packets > 40 || kind < 2) return install(sa);
    if (kind < 90) return {packet(sa)};
    if (kind < 92) return {command(sa, abi::kOpSaRead)};
    if (kind < 96) return {extend(sa)};
    if (kind < 97) return remove(sa);
    if (kind < 98) return nop(sa);
    return {refused(sa)};
  }

 private:
  struct Sa {
    uint16_t index = 0, gen = 0;
    bool installed = false;
    uint64_t start = 0, packets = 0;  // since its install; not all of them left
  };

  uint64_t below(uint64_t n) { return random_() % n; }
  bool one_in(uint64_t n) { return below(n) == 0; }

  ap_uint<512> anything() {
    ap_uint<512> v = 0;
    for (int i = 0; i < 8; ++i) v = (v << 64) | ap_uint<512>(random_());
    return v;
  }

  streams::Req command(const Sa& sa, uint8_t op) {
    streams::Req r = hls_util::unpack<streams::Req>(ap_uint<streams::kReqBits>(0));
    r.op = op;
    r.sa_index = sa.index;
    // An index beyond the table, whose low bits are those of another SA.
    if constexpr (abi::kSaIndexBits < 16)
      if (one_in(50)) r.sa_index = sa.index | abi::kSaCapacity;
    r.data = anything();
    r.ok = r.last = 1;
    r.final = below(2);
    // Without meaning of a command, so anything.
    r.sa_gen = below(65536);
    r.out_cap = below(16384);
    r.v6 = below(2);
    r.ip_words = below(32);
    r.protocol = below(256);
    r.next_at = below(4);
    return r;
  }

  streams::Req packet(Sa& sa) {
    ++sa.packets;
    streams::Req r = command(sa, abi::kOpPacket);
    r.packet = 1;
    r.sa_gen = one_in(40) ? sa.gen + 1 : sa.gen;
    r.v6 = below(2);
    r.ip_words = r.v6 ? 10 : 5;
    if (one_in(4)) r.ip_words = r.v6 ? 10 + 2 * below(4) : 5 + below(11);
    r.in_len = 4 * r.ip_words + below(200);
    if (one_in(20)) r.in_len = abi::kMaxPacketBytes - below(100);
    r.out_cap = one_in(20) ? below(300) : 16383;
    r.make_dummy = one_in(30);
    if (r.make_dummy) r.in_len = one_in(2) ? 0 : below(200);
    if (one_in(20)) r.reach = one_in(2) ? abi::kDropFragment : abi::kDropIpOptions;
    if (one_in(30)) {
      r.status = one_in(2) ? abi::kDropShort : abi::kDropBadDescriptor;
      r.ok = 0;
    }
    return r;
  }

  static std::vector<streams::Req> beats_of(const streams::Req& like, const uint8_t* bytes, size_t count) {
    std::vector<streams::Req> beats(count, like);
    for (size_t i = 0; i < count; ++i) {
      ap_uint<512> data = 0;
      for (size_t b = abi::kBeatBytes; b-- > 0;) data = (data << 8) | ap_uint<512>(bytes[i * abi::kBeatBytes + b]);
      beats[i].data = data;
      beats[i].part = i;
      beats[i].last = i + 1 == count;
      beats[i].in_len = count * abi::kBeatBytes;
    }
    return beats;
  }

  // A limit that is near, or none.
  uint64_t near(uint64_t most) { return one_in(3) ? abi::kNoLimit : below(most); }

  std::vector<streams::Req> install(Sa& sa) {
    abi::SaEntry e;
    std::array<uint64_t, sizeof e / 8> noise;
    for (uint64_t& v : noise) v = random_();
    std::memcpy(&e, noise.data(), sizeof e);
    const bool ah = one_in(5);
    e.flags = abi::kSaValid | (random_() & (abi::kSaTunnel | abi::kSaCopyDscp | abi::kSaNoEcn | abi::kSaDfCopy |
                                            abi::kSaDfClear | abi::kSaEsn | abi::kSaIpv6));
    if (ah)
      e.flags |= abi::kSaAh | abi::kSaGmac;
    else
      e.flags |= random_() & (abi::kSaUdpEncap | abi::kSaImplicitIv | abi::kSaGmac);
    e.icv_cut = ah ? 0 : below(3);
    e.key_cut = below(3);
    e.tfc_pad = ah || one_in(2) ? 0 : below(400);
    e.gen = ++sa.gen;
    const uint64_t wrap = uint64_t{1} << 32;
    const uint64_t starts[] = {0,        below(1000), wrap - 1 - below(20), wrap + below(20), ~uint64_t{0} - below(20),
                               random_()};
    e.seq = starts[below(std::size(starts))];
    e.seq_limit = one_in(3) ? abi::kNoLimit : one_in(10) ? below(5) : e.seq + below(20);
    e.soft_packets = near(20);
    e.hard_packets = near(30);
    e.soft_bytes = near(3000);
    e.hard_bytes = near(5000);
    bool good = true;
    if (one_in(12)) {
      good = false;
      switch (below(4)) {
        case 0:
          e.flags |= abi::kSaInbound;
          break;
        case 1:
          e.icv_cut = 3 + below(250);
          break;
        case 2:
          e.tfc_pad = abi::kMaxPacketBytes + 1 + below(1000);
          break;
        default:
          e.flags = (e.flags & ~uint32_t{abi::kSaGmac}) | abi::kSaAh;
          break;
      }
    }
    sa.installed = good;
    sa.start = e.seq;
    sa.packets = 0;
    uint8_t bytes[sizeof e];
    std::memcpy(bytes, &e, sizeof e);
    return beats_of(command(sa, abi::kOpSaInstall), bytes, sizeof e / abi::kBeatBytes);
  }

  streams::Req extend(const Sa& sa) {
    streams::Req r = command(sa, abi::kOpSaExtend);
    r.in_len = abi::kBeatBytes;
    r.data.range(63, 0) = one_in(4) ? abi::kNoLimit : sa.start + below(sa.packets + 20);
    return r;
  }

  std::vector<streams::Req> remove(Sa& sa) {
    sa.installed = false;
    return {command(sa, abi::kOpSaDelete)};
  }

  std::vector<streams::Req> nop(const Sa& sa) {
    const size_t count = 1 + below(6);
    std::vector<uint8_t> bytes(count * abi::kBeatBytes);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random_());
    return beats_of(command(sa, abi::kOpNop), bytes.data(), count);
  }

  // A command that out_parse did not take: one word, whatever input it had.
  streams::Req refused(const Sa& sa) {
    static constexpr uint8_t kOps[] = {abi::kOpSaInstall, abi::kOpSaDelete, abi::kOpSaExtend, abi::kOpLookupWrite, 99};
    streams::Req r = command(sa, kOps[below(std::size(kOps))]);
    r.ok = 0;
    r.status = one_in(2) ? abi::kDropSaInvalid : abi::kDropBadDescriptor;
    r.part = below(4);
    return r;
  }

  std::mt19937_64 random_;
  std::array<Sa, 3> sas_;
  size_t at_ = 0;
  uint64_t burst_ = 0;
};

}  // namespace xesp::test
#endif
