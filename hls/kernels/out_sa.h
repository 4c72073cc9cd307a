// SPDX-License-Identifier: Apache-2.0
//
// An outbound SA and one descriptor: what out_sa and out_sa_pair do with each, on values. The tables are the kernels' own.
#ifndef XESP_KERNELS_OUT_SA_H
#define XESP_KERNELS_OUT_SA_H

#include "aad.h"
#include "ah.h"
#include "ip.h"
#include "kernels.h"
#include "lifetime.h"

namespace xesp {
namespace outbound {

using hls_util::cat;
using hls_util::field;
using streams::Req;

static const int kFlagBits = 14;                   // card::SaFlags
static const int kControlBits = 114 + kFlagBits;

// What commands alone write, by the beat of the install that brings it (card::SaEntry).
struct Entry {
  ap_uint<416> key;            // beat 0: key 256, H^5 128, salt 32
  ap_uint<512> powers;         // beat 1: H^1 .. H^4
  ap_uint<384> tunnel;         // beat 2: outer source and destination, H^6
  ap_uint<128> packet_limits;  // beat 2: soft, hard
  ap_uint<kControlBits> control;  // beat 3; valid comes last
  ap_uint<128> byte_limits;    // beat 3
  ap_uint<64> limit;           // beat 3, or kOpSaExtend

  ap_uint<kFlagBits> flags() const { return field<114, kFlagBits>(control); }
  lifetime::Limits limits() const {
    lifetime::Limits l;
    l.soft_packets = field<0, 64>(packet_limits);
    l.hard_packets = field<64, 64>(packet_limits);
    l.soft_bytes = field<0, 64>(byte_limits);
    l.hard_bytes = field<64, 64>(byte_limits);
    return l;
  }
  // The highest number that may be sent. Without ESN it never cycles, whatever the host says (RFC 4303 3.3.3).
  ap_uint<64> last_number() const {
    const ap_uint<1> is_esn = (flags() & card::kSaEsn) != 0;
    ap_uint<64> v = limit;
    if (!is_esn && field<32, 32>(limit) != 0) v = 0xffffffffu;
    return v;
  }
};

// What packets change.
struct State {
  ap_uint<64> seq;      // the last number used
  lifetime::Left left;
  template <class V> void visit(V& v) { v(seq); left.visit(v); }
};
static const int kStateBits = 64 + lifetime::kStateBits;

// A command's beat: what of it goes where.
struct Command {
  Entry entry;
  State state;
  ap_uint<1> key, powers, tunnel;  // beats 0, 1 and 2 of an install
  ap_uint<1> control;              // its beat 3, or a delete
  ap_uint<1> take;                 // beat 3 of an install that is taken: the limits, and the state begins
  ap_uint<1> limit;
  ap_uint<1> refused;
};

inline ap_uint<1> in_table(const Req& r) { return r.sa_index < card::kSaCapacity; }

// `now`: of its SA.
inline Command command_of(const Req& r, const Entry& now) {
  const ap_uint<1> ok = !r.packet && r.ok && in_table(r);
  const ap_uint<1> install = ok && r.op == card::kOpSaInstall;
  const ap_uint<1> finish = install && r.part == 3;
  const ap_uint<1> remove = ok && r.op == card::kOpSaDelete;
  const ap_uint<1> extend = ok && r.op == card::kOpSaExtend;
  ap_uint<kFlagBits> new_flags = field<0, kFlagBits>(r.data);
  const ap_uint<1> inbound = (new_flags & card::kSaInbound) != 0;
  const ap_uint<1> bad = hls_util::byte_at<6>(r.data) > 2 || hls_util::byte_at<7>(r.data) > 2 ||
                         field<80, 16>(r.data) > card::kMaxPacketBytes ||
                         ah::bad_entry(new_flags, hls_util::byte_at<6>(r.data), field<80, 16>(r.data));
  Command c;
  c.refused = finish && (inbound || bad);
  c.take = finish && !inbound && !bad;
  c.key = install && r.part == 0;
  c.powers = install && r.part == 1;
  c.tunnel = install && r.part == 2;
  c.control = finish || remove;
  c.limit = c.take || extend;

  c.entry.key = field<0, 416>(r.data);
  c.entry.powers = r.data;
  c.entry.tunnel = field<0, 384>(r.data);
  c.entry.packet_limits = field<384, 128>(r.data);
  c.entry.byte_limits = field<256, 128>(r.data);
  c.entry.limit = field<192, 64>(r.data);
  if (r.op == card::kOpSaExtend) c.entry.limit = field<0, 64>(r.data);

  if (r.op != card::kOpSaInstall || inbound || bad) new_flags = 0;  // without valid the rest says nothing
  ap_uint<kControlBits> v = 0;
  v.range(7, 0) = field<32, 8>(r.data);     // tos
  v.range(15, 8) = field<40, 8>(r.data);    // ttl
  v.range(31, 16) = field<64, 16>(r.data);  // gen
  v.range(63, 32) = field<96, 32>(r.data);  // SPI
  v.range(65, 64) = field<48, 2>(r.data);   // icv_cut
  v.range(97, 66) = field<384, 32>(r.data); // UDP ports
  v.range(111, 98) = field<80, 14>(r.data); // tfc_pad
  v.range(113, 112) = field<56, 2>(r.data); // key_cut
  v.range(kControlBits - 1, 114) = new_flags;
  c.entry.control = v;

  c.state.seq = field<128, 64>(r.data);
  lifetime::Limits given = now.limits();    // in packets: of the beat before
  given.hard_bytes = field<320, 64>(r.data);
  c.state.left = lifetime::at_install(given);
  return c;
}

// The packet's way: how long it gets, and whether it may go as far as its number and its SA's lifetime do not say.
struct Way {
  ap_uint<1> transport;
  ap_uint<1> is_esn;
  ap_uint<1> gmac;
  ap_uint<1> is_ah;
  ap_uint<1> udp;
  ap_uint<1> v6;          // the header in front
  ap_uint<5> ip_words;
  ap_uint<5> words;       // all that stands before the text
  ap_uint<2> pad;
  ap_uint<14> ct_len;
  ap_uint<3> icv_words;   // behind the text
  ap_uint<15> out_len;
  ap_uint<1> too_big;
  ap_uint<8> status;      // too big is not in it yet
  ap_uint<1> wants;       // a number
};

inline Way way_of(const Req& r, const Entry& sa, const ap_uint<1>& refused) {
  const ap_uint<kFlagBits> flags = sa.flags();
  const ap_uint<16> gen = field<16, 16>(sa.control);
  const ap_uint<1> valid = in_table(r) && (flags & card::kSaValid) != 0;
  Way w;
  w.transport = (flags & card::kSaTunnel) == 0;
  w.is_esn = (flags & card::kSaEsn) != 0;
  w.gmac = (flags & card::kSaGmac) != 0;
  w.is_ah = (flags & card::kSaAh) != 0;

  w.udp = (flags & card::kSaUdpEncap) != 0;
  w.v6 = w.transport ? r.v6 : ap_uint<1>((flags & card::kSaIpv6) != 0);
  const ap_uint<5> tunnel_words = w.v6 ? ip::kV6Words : ip::kV4Words;
  w.ip_words = w.transport ? r.ip_words : tunnel_words;
  const ap_uint<3> esp_words = (flags & card::kSaImplicitIv) != 0 ? 2 : 4;
  const ap_uint<4> ipsec_words = w.is_ah ? ah::words(w.v6) : ap_uint<4>(esp_words);
  const ap_uint<2> udp_words = w.udp ? 2 : 0;
  w.words = w.ip_words + ipsec_words + udp_words;

  const ap_uint<5> skip = w.transport ? r.ip_words : ap_uint<5>(0);
  const ap_uint<14> tfc_pad = field<98, 14>(sa.control);
  const ap_uint<1> padded = !w.transport && tfc_pad > r.in_len;
  const ap_uint<14> payload = padded ? tfc_pad : ap_uint<14>(r.in_len - cat(skip, ap_uint<2>(0)));
  const ap_uint<2> short_by = payload + 2;      // RFC 4303 2.4: payload, padding and two bytes fill 4-byte words
  w.pad = w.is_ah ? ap_uint<2>(0) : ap_uint<2>(ap_uint<2>(0) - short_by);
  w.ct_len = w.is_ah ? payload : ap_uint<14>(payload + w.pad + 2);
  const ap_uint<2> icv_cut = field<64, 2>(sa.control);
  w.icv_words = w.is_ah ? ap_uint<3>(0) : ap_uint<3>(4 - icv_cut);
  const ap_uint<5> around = w.words + w.icv_words;
  w.out_len = ap_uint<15>(w.ct_len) + cat(around, ap_uint<2>(0));
  w.too_big = w.out_len > card::kMaxPacketBytes || w.out_len > r.out_cap;

  w.status = r.status;
  if (r.packet && r.ok) {
    if (!valid) {
      w.status = card::kDropNoSa;
    } else if (gen != r.sa_gen) {
      w.status = card::kDropStaleSa;
    } else if (w.is_ah && r.make_dummy) {
      w.status = card::kDropBadDescriptor;   // AH has no dummy packets
    } else if (w.transport && r.reach != card::kOk) {
      w.status = r.reach;
    } else if (w.transport && w.is_ah && !ah::plain_ip(r.v6, r.ip_words)) {
      w.status = card::kDropIpOptions;
    }
  }
  if (!r.packet && r.ok) {
    if (!in_table(r) || refused) {
      w.status = card::kDropSaInvalid;
    } else if (!valid && (r.op == card::kOpSaRead || r.op == card::kOpSaExtend)) {
      w.status = card::kDropNoSa;
    }
  }
  w.wants = r.packet && w.status == card::kOk && !w.too_big;
  return w;
}

// What a descriptor found in the state: a number is taken only by a packet that leaves (it is an IV, RFC 4106 3.1).
struct Found {
  ap_uint<64> seq;
  lifetime::Left remains;
  ap_uint<1> left;        // a number is
  ap_uint<1> alive;
  ap_uint<1> sent;
};

inline ap_uint<8> final_status(const Req& r, const Way& w, const Found& f) {
  ap_uint<8> status = w.status;
  if (r.packet && w.status == card::kOk) {
    if (!f.alive) {
      status = card::kDropExpired;
    } else if (!f.left) {
      status = card::kDropSeqExhausted;
    } else if (w.too_big) {
      status = card::kDropOutputTooBig;
    }
  }
  return status;
}

// The IP header that a tunnel puts in front. UDP's or ESP's length is not in it, so `total` is all of the packet.
inline ap_uint<512> tunnel_header(const ap_uint<1>& v6, const ap_uint<256>& addresses, const ap_uint<8>& tos,
                                  const ap_uint<8>& ttl, const ap_uint<14>& total, const ap_uint<8>& protocol,
                                  const ap_uint<1>& df, const ap_uint<16>& id) {
  ap_uint<160> v4 = 0;                            // RFC 791, RFC 4301 5.1.2.1
  v4.range(7, 0) = 0x45;
  v4.range(15, 8) = tos;
  v4.range(31, 16) = hls_util::swap_bytes<16>(ap_uint<16>(total));
  // Identification: 0 with DF, else one that does not come again soon (RFC 6864 4.1, 4.2).
  if (!df) v4.range(47, 32) = hls_util::swap_bytes<16>(id);
  v4[54] = df;
  v4.range(71, 64) = ttl;
  v4.range(79, 72) = protocol;
  v4.range(127, 96) = field<0, 32>(addresses);
  v4.range(159, 128) = field<128, 32>(addresses);

  ap_uint<320> head = 0;                          // RFC 8200 3, RFC 4301 5.1.2.2
  head.range(3, 0) = tos.range(7, 4);
  head.range(7, 4) = 6;
  head.range(15, 12) = tos.range(3, 0);
  head.range(47, 32) = hls_util::swap_bytes<16>(ap_uint<16>(ap_uint<16>(total) - card::kIpv6HeaderBytes));
  head.range(55, 48) = protocol;
  head.range(63, 56) = ttl;
  head.range(319, 64) = addresses;
  if (!v6) head = ip::with_checksum(v4);
  return head;
}

// One word to each kernel behind.
struct Words {
  ap_uint<streams::kEncBits> enc;
  ap_uint<streams::kKeyBits> key;
  ap_uint<streams::kHpBits> hp;
  ap_uint<streams::kHdrBits> hdr;
};

inline Words words_of(const Req& r, const Entry& sa, const Way& w, const Found& f) {
  const ap_uint<kFlagBits> flags = sa.flags();
  const ap_uint<64> next = f.seq + 1;
  Words out;

  streams::Enc e;
  e.beats = r.packet && r.in_len != 0;
  e.dummy = !f.sent;
  e.transport = w.transport;
  e.from = w.transport ? r.ip_words : ap_uint<5>(16);
  e.rest = cat(ap_uint<1>(r.in_len.range(5, 0) == 0), ap_uint<6>(r.in_len.range(5, 0)));
  e.text = streams::text_beats(w.ct_len);
  e.pad = w.pad;
  e.final = r.final;
  e.plain = w.gmac;
  e.bare = w.is_ah;
  const ap_uint<8> inside = w.transport ? r.protocol : ap_uint<8>(r.v6 ? ip::kInV6 : ip::kInV4);
  e.next_header = r.make_dummy ? ap_uint<8>(ip::kNoNext) : inside;
  out.enc = hls_util::pack<streams::kEncBits>(e);

  const ap_uint<64> iv = hls_util::swap_bytes<64>(next);
  streams::Key k;
  k.key = field<0, 256>(sa.key);
  k.nonce = cat(iv, field<384, 32>(sa.key));
  k.key_cut = field<112, 2>(sa.control);
  out.key = hls_util::pack<streams::kKeyBits>(k);

  // RFC 4301 5.1.2.1, RFC 6040 4.1: what goes outside of the inner DSCP, ECN and DF.
  const ap_uint<8> inner_tos = ip::tos_of(r.data, r.v6);
  const ap_uint<8> fixed_tos = field<0, 8>(sa.control);
  const ap_uint<1> copy_dscp = (flags & card::kSaCopyDscp) != 0;
  const ap_uint<1> no_ecn = (flags & card::kSaNoEcn) != 0;
  const ap_uint<6> dscp = copy_dscp ? ap_uint<6>(inner_tos.range(7, 2)) : ap_uint<6>(fixed_tos.range(7, 2));
  const ap_uint<2> ecn = no_ecn ? ap_uint<2>(fixed_tos.range(1, 0)) : ap_uint<2>(inner_tos.range(1, 0));
  const ap_uint<1> inner_df = r.v6 || hls_util::byte_at<6>(r.data)[6];
  const ap_uint<1> df_copy = (flags & card::kSaDfCopy) != 0, df_clear = (flags & card::kSaDfClear) != 0;
  const ap_uint<1> df = !df_clear && (!df_copy || inner_df);

  const ap_uint<14> total = w.out_len;
  const ap_uint<8> protocol = w.is_ah ? ip::kAh : w.udp ? ip::kUdp : ip::kEsp;
  const ap_uint<512> outer = tunnel_header(w.v6, field<0, 256>(sa.tunnel), cat(dscp, ecn), field<8, 8>(sa.control),
                                           total, protocol, df, ap_uint<16>(next));
  const ap_uint<512> kept = ip::change(r.data, w.v6, r.next_at, total, protocol);  // RFC 4303 3.1.1
  const ap_uint<512> head = hls_util::splice(w.transport ? kept : outer, 0, w.ip_words);

  // RFC 3948 2.1: ports, length, and a checksum of zero, over IPv6 too (RFC 6935).
  const ap_uint<16> udp_len = total - cat(w.ip_words, ap_uint<2>(0));
  const ap_uint<32> spi = field<32, 32>(sa.control);
  const ap_uint<32> seq_be = hls_util::swap_bytes<32>(ap_uint<32>(next));
  const ap_uint<128> esp = cat(iv, seq_be, spi);
  const ap_uint<32> ah_first = cat(ah::length_field(w.v6), inside);
  ap_uint<192> behind = esp;
  if (w.udp) behind = cat(esp, ap_uint<16>(0), hls_util::swap_bytes<16>(udp_len), field<66, 32>(sa.control));
  if (w.is_ah) behind = cat(esp, ah_first);  // its ICV, and padding, are zeros yet

  const streams::Hashed esp_hash = aad::of_esp(spi, next, iv, w.ct_len, w.gmac, w.is_esn);
  const streams::Hashed ah_hash = aad::of_ah(head, w.v6, ap_uint<96>(behind.range(95, 0)), 0,
                                             ap_uint<32>(next.range(63, 32)), w.ct_len, w.is_esn);
  streams::HashParams h;
  h.h = cat(field<256, 128>(sa.tunnel), field<256, 128>(sa.key), sa.powers);
  h.hashed = aad::either(w.is_ah, ah_hash, esp_hash, f.sent);
  out.hp = hls_util::pack<streams::kHpBits>(h);

  const lifetime::Limits limits = sa.limits();
  streams::Hdr o;
  o.head = ap_uint<704>(head) | (ap_uint<704>(behind) << cat(w.ip_words, ap_uint<5>(0)));
  const ap_uint<1> alone = w.words > 16;
  const ap_uint<5> with_text = alone ? ap_uint<5>(w.words - 16) : w.words;
  const ap_uint<7> end = ap_uint<7>(with_text) + streams::text_beats(w.ct_len).last_words + w.icv_words;  // of all
  o.alone = f.sent && alone;
  o.words = with_text;
  // Up to four words behind a beat (abi::kTailBytes) need no beat of their own.
  const ap_uint<4> over = end.range(3, 0);
  const ap_uint<1> tail = end > 16 && over >= 1 && over <= card::kTailBytes / 4;
  o.flushes = end > 32 ? ap_uint<2>(tail ? 1 : 2) : ap_uint<2>(end > 16 && !tail);
  o.tail = f.sent && tail;
  if (!f.sent) o.flushes = 0;
  o.out_len = f.sent ? total : ap_uint<14>(0);
  o.status = final_status(r, w, f);
  o.op = r.op;
  o.sa_index = r.sa_index;
  o.seq = r.packet ? next : f.seq;
  if (r.packet && !f.sent) o.seq = 0;
  o.packets = lifetime::packets_done(limits, f.remains);
  o.bytes = lifetime::bytes_done(limits, f.remains);
  o.events = f.sent ? lifetime::events(limits, f.remains, r.in_len) : ap_uint<2>(0);
  o.icv_cut = field<64, 2>(sa.control);
  o.ah = f.sent && w.is_ah;
  o.v6 = w.v6;
  out.hdr = hls_util::pack<streams::kHdrBits>(o);
  return out;
}

}  // namespace outbound
}  // namespace xesp
#endif
