// SPDX-License-Identifier: Apache-2.0
//
// What in_sa and in_sa_pair share: all but the tables. Of one descriptor: the key that it is looked up by, what a command
// changes, and the words to the kernels behind.
#ifndef XESP_KERNELS_IN_SA_H
#define XESP_KERNELS_IN_SA_H

#include "aad.h"
#include "ah.h"
#include "esn.h"
#include "ip.h"
#include "kernels.h"

namespace xesp {
namespace in_sa_parts {

using namespace streams;
using hls_util::cat;
using hls_util::field;

static const int kFlagBits = 14;                             // card::SaFlags
static const int kControlBits = 4 + kFlagBits;
static const int kSlotBits = 1 + 16 + card::kLookupKeyBits;  // valid, SA index, key

// ---- lookup ----
// card::lookup_row(): an XOR of constants.
template <int WAY>
inline ap_uint<card::kLookupRowBits> row_of(const ap_uint<card::kLookupKeyBits>& key) {
  ap_uint<card::kLookupRowBits> row = 0;
  for (int i = 0; i < static_cast<int>(card::kLookupKeyBits); ++i) {
#pragma HLS UNROLL
    ap_uint<card::kLookupRowBits> mask = 0;
    if (key[i]) mask = card::lookup_mask(WAY, i);
    row = row ^ mask;
  }
  return row;
}

// What a packet's ESP or AH says.
struct Arrival {
  ap_uint<1> is_ah;
  ap_uint<ah::kFrontBits> ah_front;
  ap_uint<128> esp;  // SPI, number, IV
  ap_uint<32> spi;
  ap_uint<32> seq;
  ap_uint<card::kLookupKeyBits> want;
};

inline Arrival arrival_of(const Req& r) {
  Arrival a;
  a.is_ah = r.protocol == ip::kAh;
  a.ah_front = ah::front_of(r.data, r.v6);
  a.esp = a.is_ah ? field<32, 128>(a.ah_front) : r.esp;
  a.spi = field<0, 32>(a.esp);
  a.seq = hls_util::be_at<4, 32>(a.esp);

  const ap_uint<32> destination4 = field<128, 32>(r.data);
  a.want = 0;
  a.want.range(31, 0) = a.spi;
  a.want.range(159, 32) = r.v6 ? ap_uint<128>(field<192, 128>(r.data)) : ap_uint<128>(destination4);
  a.want.range(167, 160) = a.is_ah ? ip::kAh : ip::kEsp;
  a.want[167] = r.v6;  // card::kLookupIpv6
  return a;
}

inline ap_uint<1> hit(const ap_uint<kSlotBits>& slot, const ap_uint<card::kLookupKeyBits>& key) {
  return slot[0] && field<17, card::kLookupKeyBits>(slot) == key;
}

struct Found {
  ap_uint<1> any;
  ap_uint<16> sa_index;
};

// Of the slots that the four ways have for a key.
inline Found found_in(const ap_uint<kSlotBits>& s0, const ap_uint<kSlotBits>& s1, const ap_uint<kSlotBits>& s2,
                      const ap_uint<kSlotBits>& s3, const ap_uint<card::kLookupKeyBits>& want) {
  const ap_uint<1> hit0 = hit(s0, want);
  const ap_uint<1> hit1 = hit(s1, want);
  const ap_uint<1> hit2 = hit(s2, want);
  const ap_uint<1> hit3 = hit(s3, want);
  Found f;
  f.sa_index = 0;
  if (hit3) f.sa_index = field<1, 16>(s3);
  if (hit2) f.sa_index = field<1, 16>(s2);
  if (hit1) f.sa_index = field<1, 16>(s1);
  if (hit0) f.sa_index = field<1, 16>(s0);
  f.any = hit0 || hit1 || hit2 || hit3;
  return f;
}

// ---- commands ----
// kOpLookupWrite: a slot that the host placed here.
struct SlotWrite {
  ap_uint<1> good;
  ap_uint<1> write;
  ap_uint<8> way;
  ap_uint<card::kLookupRowBits> row;
  ap_uint<kSlotBits> slot;
};

inline SlotWrite slot_write_of(const Req& r) {
  const ap_uint<16> row = field<16, 16>(r.data);
  const ap_uint<16> index = field<32, 16>(r.data);
  const ap_uint<8> valid = field<8, 8>(r.data);
  ap_uint<card::kLookupKeyBits> key = 0;
  key.range(31, 0) = field<64, 32>(r.data);
  key.range(159, 32) = field<128, 128>(r.data);
  key.range(167, 160) = field<48, 8>(r.data);
  SlotWrite w;
  w.way = field<0, 8>(r.data);
  w.good = row < card::kLookupRows && w.way < card::kLookupWays && index < card::kSaCapacity;
  w.write = !r.packet && r.ok && r.op == card::kOpLookupWrite && w.good;
  w.row = row;
  w.slot = cat(key, index, ap_uint<1>(valid != 0));
  return w;
}

// kOpSaInstall and kOpSaDelete: what this beat changes of the SA's entry.
struct Change {
  ap_uint<1> in_table;
  ap_uint<1> key;      // beat 0
  ap_uint<1> powers;   // beat 1
  ap_uint<1> more;     // beat 2
  ap_uint<1> control;  // beat 3, which says whether there is an SA; a deletion
  ap_uint<1> refused;
  ap_uint<1> take;     // the install is done
  ap_uint<kControlBits> new_control;
  ap_uint<64> seq;
  replay_window::Rule rule;
};

inline Change change_of(const Req& r) {
  const ap_uint<1> command_ok = !r.packet && r.ok;
  Change c;
  c.in_table = r.sa_index < card::kSaCapacity;
  const ap_uint<1> install = command_ok && c.in_table && r.op == card::kOpSaInstall;
  const ap_uint<1> finish = install && r.part == 3;
  const ap_uint<1> remove = command_ok && c.in_table && r.op == card::kOpSaDelete;
  const ap_uint<kFlagBits> flags = field<0, kFlagBits>(r.data);
  const ap_uint<1> bad = hls_util::byte_at<6>(r.data) > 2 || hls_util::byte_at<7>(r.data) > 2 ||
                         ah::bad_entry(flags, hls_util::byte_at<6>(r.data), 0);
  ap_uint<1> window_good = 0;
  c.rule = replay_window::rule_of(r.data, window_good);
  c.seq = field<128, 64>(r.data);
  const ap_uint<1> no_window = (flags & card::kSaReplayOff) != 0 || (flags & card::kSaValid) == 0;
  const ap_uint<1> bad_window = !no_window && !window_good;
  c.refused = finish && ((flags & card::kSaInbound) == 0 || bad || bad_window);
  c.take = finish && !c.refused;
  c.key = install && r.part == 0;
  c.powers = install && r.part == 1;
  c.more = install && r.part == 2;
  c.control = finish || remove;
  c.new_control = 0;
  if (c.take) c.new_control = cat(flags, field<56, 2>(r.data), field<48, 2>(r.data));
  return c;
}

// ---- the entry, as it stood before ----
struct Entry {
  ap_uint<416> key;     // key 256, H^5 128, salt 32
  ap_uint<512> powers;  // H^1 .. H^4
  ap_uint<128> h6;
  ap_uint<kControlBits> control;  // flags, cuts
  ap_uint<64> edge;     // esn.h
};

// ---- one word to each kernel behind ----
struct Words {
  Strip strip;
  Key key;
  HashParams hp;
  Rel rel;
};

// `packet_limits`: what the install's beat 2 said.
inline Words words_of(const Req& r, const Arrival& a, const ap_uint<1>& any, const ap_uint<16>& sa_index, const Entry& e,
                      const SlotWrite& slot, const Change& change, const ap_uint<128>& packet_limits) {
  const ap_uint<kFlagBits> flags = field<4, kFlagBits>(e.control);
  const ap_uint<2> icv_cut = field<0, 2>(e.control);
  const ap_uint<1> valid = (flags & card::kSaValid) != 0;
  const ap_uint<1> gmac = (flags & card::kSaGmac) != 0;

  const ap_uint<1> udp = (flags & card::kSaUdpEncap) != 0;
  const ap_uint<1> implicit_iv = (flags & card::kSaImplicitIv) != 0;
  const ap_uint<3> esp_words = implicit_iv ? 2 : 4;
  const ap_uint<4> ipsec_words = a.is_ah ? ah::words(r.v6) : ap_uint<4>(esp_words);
  const ap_uint<2> udp_words = r.udp ? 2 : 0;
  const ap_uint<5> words = r.ip_words + ipsec_words + udp_words;  // before the text, 7 .. 22
  const ap_uint<3> icv_words = a.is_ah ? ap_uint<3>(0) : ap_uint<3>(4 - icv_cut);
  const ap_uint<5> around_words = words + icv_words;
  const ap_uint<14> around = cat(around_words, ap_uint<2>(0));
  ap_uint<8> status = r.status;
  if (r.ok) {
    if (r.packet) {
      if (!any || !valid || a.is_ah != ((flags & card::kSaAh) != 0)) {
        status = card::kDropNoSa;
      } else if (udp != r.udp) {
        status = card::kDropEncap;
      } else if (r.in_len < around) {
        status = card::kDropShort;
      } else if (r.in_len == around && !a.is_ah) {
        status = card::kDropAlign;
      }
    } else if (r.op == card::kOpLookupWrite) {
      if (!slot.good) status = card::kDropSaInvalid;
    } else if (!change.in_table || change.refused) {
      status = card::kDropSaInvalid;
    } else if (!valid && r.op == card::kOpSaRead) {
      status = card::kDropNoSa;
    }
  }

  const ap_uint<1> go = r.packet && status == card::kOk;
  const ap_uint<14> ct_len = r.in_len - around;
  Words w;
  Strip& s = w.strip;
  s.beats = r.packet && r.in_len != 0;
  s.dummy = !go;
  s.far = words > 16;
  s.head = words > 16 ? ap_uint<5>(words - 16) : words;
  s.text = text_beats(ct_len);
  s.icv_cut = icv_cut;
  s.final = r.final;
  s.plain = gmac;
  s.ah = a.is_ah;
  s.received = r.v6 ? cat(ap_uint<96>(r.esp.range(95, 0)), ap_uint<32>(r.data.range(511, 480)))
                    : field<32 * (ip::kV4Words + ah::kIcvWord), 128>(r.data);

  const ap_uint<1> is_esn = (flags & card::kSaEsn) != 0;
  const ap_uint<64> number = is_esn ? esn::guess(e.edge, a.seq) : ap_uint<64>(a.seq);
  // The packet's IV, or the sequence number (RFC 8750 4).
  const ap_uint<64> iv = implicit_iv ? hls_util::swap_bytes<64>(number) : field<64, 64>(a.esp);
  w.key.key = field<0, 256>(e.key);
  w.key.nonce = cat(iv, field<384, 32>(e.key));
  w.key.key_cut = field<2, 2>(e.control);

  w.hp.h = cat(e.h6, field<256, 128>(e.key), e.powers);
  const Hashed esp_hash = aad::of_esp(a.spi, number, iv, ct_len, gmac, is_esn);
  const Hashed ah_hash = aad::of_ah(r.data, r.v6, ap_uint<96>(a.ah_front.range(95, 0)), ap_uint<32>(r.esp.range(127, 96)),
                                    ap_uint<32>(number.range(63, 32)), ct_len, is_esn);
  w.hp.hashed = aad::either(a.is_ah, ah_hash, esp_hash, go);

  Rel& o = w.rel;
  o.status = status;
  o.op = r.op;
  o.sa_index = r.packet && !any ? ap_uint<16>(0) : sa_index;
  o.transport = (flags & card::kSaTunnel) == 0;
  o.replay_off = (flags & card::kSaReplayOff) != 0;
  o.copy_dscp = (flags & card::kSaCopyDscp) != 0;
  o.no_ecn = (flags & card::kSaNoEcn) != 0;
  o.esn = is_esn;
  o.ah = a.is_ah;
  o.seq = change.take ? change.seq : number;
  o.ct_len = ct_len;
  o.out_cap = r.out_cap;
  o.head = r.data;
  o.ip_words = r.ip_words;
  o.v6 = r.v6;
  o.next_at = r.next_at;
  o.packet = go;
  o.install = change.take;
  ap_uint<1> good = 0;
  o.rule = replay_window::rule_of(r.data, good);
  o.limits.soft_packets = field<0, 64>(packet_limits);
  o.limits.hard_packets = field<64, 64>(packet_limits);
  o.limits.soft_bytes = field<256, 64>(r.data);
  o.limits.hard_bytes = field<320, 64>(r.data);
  return w;
}

}  // namespace in_sa_parts
}  // namespace xesp
#endif
