// SPDX-License-Identifier: Apache-2.0
//
// Outbound SA table and sequence numbers. Packets and SA commands come in one order and leave in it, so an install is
// seen by every packet after it and by none before.
#include "aad.h"
#include "ah.h"
#include "ip.h"
#include "kernels.h"
#include "lifetime.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;
using hls_util::field;

static const int kFlagBits = 14;                   // card::SaFlags
static const int kControlBits = 114 + kFlagBits;

// The IP header that a tunnel puts in front. UDP's or ESP's length is not in it, so `total` is all of the packet.
static ap_uint<512> tunnel_header(const ap_uint<1>& v6, const ap_uint<256>& addresses, const ap_uint<8>& tos,
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

void out_sa(ReqStream& req, EncStream& enc, KeyStream& key, HpStream& hp, HdrStream& hdr) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=enc
#pragma HLS INTERFACE axis port=key
#pragma HLS INTERFACE axis port=hp
#pragma HLS INTERFACE axis port=hdr
#pragma HLS PIPELINE II=1 style=flp
  // The entry, by the beat of the install that brings it (card::SaEntry).
  static ap_uint<416> t_key[card::kSaCapacity];      // beat 0: key 256, H^5 128, salt 32
  static ap_uint<512> t_powers[card::kSaCapacity];   // beat 1: H^1 .. H^4
  static ap_uint<384> t_tunnel[card::kSaCapacity];   // beat 2: outer source and destination, H^6
  static ap_uint<kControlBits> t_control[card::kSaCapacity];   // beat 3; valid comes last
  static ap_uint<64> t_limit[card::kSaCapacity];     // beat 3, or kOpSaExtend
  static ap_uint<64> t_seq[card::kSaCapacity];       // beat 3, then one more a packet
  static ap_uint<128> t_packet_limits[card::kSaCapacity];        // beat 2: soft, hard
  static ap_uint<128> t_byte_limits[card::kSaCapacity];          // beat 3
  static ap_uint<lifetime::kStateBits> t_left[card::kSaCapacity];
#pragma HLS BIND_STORAGE variable=t_key type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_powers type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_tunnel type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_control type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_limit type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_seq type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_packet_limits type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_byte_limits type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_left type=ram_2p impl=bram

  const Req r = hls_util::unpack<Req>(req.read());
  const ap_uint<card::kSaIndexBits> idx = r.sa_index;
  const ap_uint<1> in_table = r.sa_index < card::kSaCapacity;
  const ap_uint<1> is_packet = r.packet;

  // ---- commands ----
  const ap_uint<1> command_ok = !is_packet && r.ok && in_table;
  const ap_uint<1> install = command_ok && r.op == card::kOpSaInstall;
  const ap_uint<1> finish = install && r.part == 3;
  const ap_uint<1> remove = command_ok && r.op == card::kOpSaDelete;
  const ap_uint<1> extend = command_ok && r.op == card::kOpSaExtend;
  ap_uint<kFlagBits> new_flags = field<0, kFlagBits>(r.data);
  const ap_uint<1> inbound = (new_flags & card::kSaInbound) != 0;
  const ap_uint<1> bad = hls_util::byte_at<6>(r.data) > 2 || hls_util::byte_at<7>(r.data) > 2 ||
                         field<80, 16>(r.data) > card::kMaxPacketBytes ||
                         ah::bad_entry(new_flags, hls_util::byte_at<6>(r.data), field<80, 16>(r.data));
  const ap_uint<1> refused = finish && (inbound || bad);
  const ap_uint<1> take = finish && !inbound && !bad;

  const ap_uint<416> old_key = t_key[idx];
  if (install && r.part == 0) {
    ap_uint<416> v = field<0, 416>(r.data);
    t_key[idx] = v;
  }
  const ap_uint<512> powers = t_powers[idx];
  if (install && r.part == 1) t_powers[idx] = r.data;
  const ap_uint<384> tunnel = t_tunnel[idx];
  if (install && r.part == 2) {
    ap_uint<384> v = field<0, 384>(r.data);
    t_tunnel[idx] = v;
  }
  const ap_uint<kControlBits> control = t_control[idx];
  if (finish || remove) {
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
    t_control[idx] = v;
  }
  const ap_uint<128> packet_limits = t_packet_limits[idx];
  if (install && r.part == 2) t_packet_limits[idx] = field<384, 128>(r.data);
  const ap_uint<128> byte_limits = t_byte_limits[idx];
  if (take) t_byte_limits[idx] = field<256, 128>(r.data);
  lifetime::Limits limits;
  limits.soft_packets = field<0, 64>(packet_limits);
  limits.hard_packets = field<64, 64>(packet_limits);
  limits.soft_bytes = field<0, 64>(byte_limits);
  limits.hard_bytes = field<64, 64>(byte_limits);
  const ap_uint<64> given_limit = t_limit[idx];
  if (take || extend) {
    ap_uint<64> v = field<192, 64>(r.data);
    if (r.op == card::kOpSaExtend) v = field<0, 64>(r.data);
    t_limit[idx] = v;
  }

  // ---- the packet's way: which SA, how long ----
  const ap_uint<kFlagBits> flags = field<114, kFlagBits>(control);
  const ap_uint<16> gen = field<16, 16>(control);
  const ap_uint<1> valid = in_table && (flags & card::kSaValid) != 0;
  const ap_uint<1> transport = (flags & card::kSaTunnel) == 0;
  const ap_uint<1> is_esn = (flags & card::kSaEsn) != 0;
  const ap_uint<1> gmac = (flags & card::kSaGmac) != 0;
  const ap_uint<1> is_ah = (flags & card::kSaAh) != 0;

  const ap_uint<1> udp = (flags & card::kSaUdpEncap) != 0;
  const ap_uint<1> v6 = transport ? r.v6 : ap_uint<1>((flags & card::kSaIpv6) != 0);
  const ap_uint<5> tunnel_words = v6 ? ip::kV6Words : ip::kV4Words;
  const ap_uint<5> ip_words = transport ? r.ip_words : tunnel_words;
  const ap_uint<3> esp_words = (flags & card::kSaImplicitIv) != 0 ? 2 : 4;
  const ap_uint<4> ipsec_words = is_ah ? ah::words(v6) : ap_uint<4>(esp_words);
  const ap_uint<2> udp_words = udp ? 2 : 0;
  const ap_uint<5> words = ip_words + ipsec_words + udp_words;

  const ap_uint<5> skip = transport ? r.ip_words : ap_uint<5>(0);
  const ap_uint<14> tfc_pad = field<98, 14>(control);
  const ap_uint<1> padded = !transport && tfc_pad > r.in_len;
  const ap_uint<14> payload = padded ? tfc_pad : ap_uint<14>(r.in_len - cat(skip, ap_uint<2>(0)));
  const ap_uint<2> short_by = payload + 2;      // RFC 4303 2.4: payload, padding and two bytes fill 4-byte words
  const ap_uint<2> pad = is_ah ? ap_uint<2>(0) : ap_uint<2>(ap_uint<2>(0) - short_by);
  const ap_uint<14> ct_len = is_ah ? payload : ap_uint<14>(payload + pad + 2);
  const ap_uint<2> icv_cut = field<64, 2>(control);
  const ap_uint<3> icv_words = is_ah ? ap_uint<3>(0) : ap_uint<3>(4 - icv_cut);  // behind the text
  const ap_uint<5> around = words + icv_words;
  const ap_uint<15> out_len = ap_uint<15>(ct_len) + cat(around, ap_uint<2>(0));
  const ap_uint<1> too_big = out_len > card::kMaxPacketBytes || out_len > r.out_cap;

  ap_uint<8> status = r.status;
  if (is_packet && r.ok) {
    if (!valid) {
      status = card::kDropNoSa;
    } else if (gen != r.sa_gen) {
      status = card::kDropStaleSa;
    } else if (is_ah && r.make_dummy) {
      status = card::kDropBadDescriptor;   // AH has no dummy packets
    } else if (transport && r.reach != card::kOk) {
      status = r.reach;
    } else if (transport && is_ah && !ah::plain_ip(r.v6, r.ip_words)) {
      status = card::kDropIpOptions;
    }
  }
  if (!is_packet && r.ok) {
    if (!in_table || refused) {
      status = card::kDropSaInvalid;
    } else if (!valid && (r.op == card::kOpSaRead || r.op == card::kOpSaExtend)) {
      status = card::kDropNoSa;
    }
  }

  // ---- sequence number: taken only by a packet that leaves (a number is an IV, RFC 4106 3.1) ----
  // Without ESN it never cycles, whatever the host says (RFC 4303 3.3.3).
  ap_uint<64> limit = given_limit;
  if (!is_esn && field<32, 32>(given_limit) != 0) limit = 0xffffffffu;
  const lifetime::Left remains = hls_util::unpack<lifetime::Left>(t_left[idx]);
  const ap_uint<1> alive = !remains.none();
  const ap_uint<1> wants = is_packet && status == card::kOk && !too_big;
  const ap_uint<64> seq = t_seq[idx];
  const ap_uint<1> left = seq < limit;
  const ap_uint<64> next = seq + 1;
  const ap_uint<1> sent = wants && left && alive;
  if (sent || take) {
    ap_uint<64> v = next;
    if (take) v = field<128, 64>(r.data);
    t_seq[idx] = v;
  }
  if (is_packet && status == card::kOk) {
    if (!alive) {
      status = card::kDropExpired;
    } else if (!left) {
      status = card::kDropSeqExhausted;
    } else if (too_big) {
      status = card::kDropOutputTooBig;
    }
  }

  if (sent || take) {
    const lifetime::Left after = lifetime::after(remains, r.in_len);
    lifetime::Limits given = limits;
    given.hard_bytes = field<320, 64>(r.data);
    const lifetime::Left whole = lifetime::at_install(given);
    t_left[idx] = take ? hls_util::pack<lifetime::kStateBits>(whole) : hls_util::pack<lifetime::kStateBits>(after);
  }

  // ---- one word to each kernel behind ----
  if (r.last) {
    Enc e;
    e.beats = is_packet && r.in_len != 0;
    e.dummy = !sent;
    e.transport = transport;
    e.from = transport ? r.ip_words : ap_uint<5>(16);
    e.rest = cat(ap_uint<1>(r.in_len.range(5, 0) == 0), ap_uint<6>(r.in_len.range(5, 0)));
    e.text = text_beats(ct_len);
    e.pad = pad;
    e.final = r.final;
    e.plain = gmac;
    e.bare = is_ah;
    const ap_uint<8> inside = transport ? r.protocol : ap_uint<8>(r.v6 ? ip::kInV6 : ip::kInV4);
    e.next_header = r.make_dummy ? ap_uint<8>(ip::kNoNext) : inside;
    enc.write(hls_util::pack<kEncBits>(e));

    const ap_uint<64> iv = hls_util::swap_bytes<64>(next);
    Key k;
    k.key = field<0, 256>(old_key);
    k.nonce = cat(iv, field<384, 32>(old_key));
    k.key_cut = field<112, 2>(control);
    key.write(hls_util::pack<kKeyBits>(k));

    // RFC 4301 5.1.2.1, RFC 6040 4.1: what goes outside of the inner DSCP, ECN and DF.
    const ap_uint<8> inner_tos = ip::tos_of(r.data, r.v6);
    const ap_uint<8> fixed_tos = field<0, 8>(control);
    const ap_uint<1> copy_dscp = (flags & card::kSaCopyDscp) != 0;
    const ap_uint<1> no_ecn = (flags & card::kSaNoEcn) != 0;
    const ap_uint<6> dscp = copy_dscp ? ap_uint<6>(inner_tos.range(7, 2)) : ap_uint<6>(fixed_tos.range(7, 2));
    const ap_uint<2> ecn = no_ecn ? ap_uint<2>(fixed_tos.range(1, 0)) : ap_uint<2>(inner_tos.range(1, 0));
    const ap_uint<1> inner_df = r.v6 || hls_util::byte_at<6>(r.data)[6];
    const ap_uint<1> df_copy = (flags & card::kSaDfCopy) != 0, df_clear = (flags & card::kSaDfClear) != 0;
    const ap_uint<1> df = !df_clear && (!df_copy || inner_df);

    const ap_uint<14> total = out_len;
    const ap_uint<8> protocol = is_ah ? ip::kAh : udp ? ip::kUdp : ip::kEsp;
    const ap_uint<512> outer = tunnel_header(v6, field<0, 256>(tunnel), cat(dscp, ecn), field<8, 8>(control), total,
                                             protocol, df, ap_uint<16>(next));
    const ap_uint<512> kept = ip::change(r.data, v6, r.next_at, total, protocol);  // RFC 4303 3.1.1
    const ap_uint<512> head = hls_util::splice(transport ? kept : outer, 0, ip_words);

    // RFC 3948 2.1: ports, length, and a checksum of zero, over IPv6 too (RFC 6935).
    const ap_uint<16> udp_len = total - cat(ip_words, ap_uint<2>(0));
    const ap_uint<32> spi = field<32, 32>(control);
    const ap_uint<32> seq_be = hls_util::swap_bytes<32>(ap_uint<32>(next));
    const ap_uint<128> esp = cat(iv, seq_be, spi);
    const ap_uint<32> ah_first = cat(ah::length_field(v6), inside);
    ap_uint<192> behind = esp;
    if (udp) behind = cat(esp, ap_uint<16>(0), hls_util::swap_bytes<16>(udp_len), field<66, 32>(control));
    if (is_ah) behind = cat(esp, ah_first);  // its ICV, and padding, are zeros yet

    const Hashed esp_hash = aad::of_esp(spi, next, iv, ct_len, gmac, is_esn);
    const Hashed ah_hash = aad::of_ah(head, v6, ap_uint<96>(behind.range(95, 0)), 0, ap_uint<32>(next.range(63, 32)),
                                      ct_len, is_esn);
    HashParams h;
    h.h = cat(field<256, 128>(tunnel), field<256, 128>(old_key), powers);
    h.hashed = aad::either(is_ah, ah_hash, esp_hash, sent);
    hp.write(hls_util::pack<kHpBits>(h));

    Hdr o;
    o.head = ap_uint<704>(head) | (ap_uint<704>(behind) << cat(ip_words, ap_uint<5>(0)));
    const ap_uint<1> alone = words > 16;
    const ap_uint<5> with_text = alone ? ap_uint<5>(words - 16) : words;
    const ap_uint<7> end = ap_uint<7>(with_text) + text_beats(ct_len).last_words + icv_words;  // of all
    o.alone = sent && alone;
    o.words = with_text;
    // Up to four words behind a beat (abi::kTailBytes) need no beat of their own.
    const ap_uint<4> over = end.range(3, 0);
    const ap_uint<1> tail = end > 16 && over >= 1 && over <= card::kTailBytes / 4;
    o.flushes = end > 32 ? ap_uint<2>(tail ? 1 : 2) : ap_uint<2>(end > 16 && !tail);
    o.tail = sent && tail;
    if (!sent) o.flushes = 0;
    o.out_len = sent ? total : ap_uint<14>(0);
    o.status = status;
    o.op = r.op;
    o.sa_index = r.sa_index;
    o.seq = is_packet ? next : seq;
    if (is_packet && !sent) o.seq = 0;
    o.packets = lifetime::packets_done(limits, remains);
    o.bytes = lifetime::bytes_done(limits, remains);
    o.events = sent ? lifetime::events(limits, remains, r.in_len) : ap_uint<2>(0);
    o.icv_cut = icv_cut;
    o.ah = sent && is_ah;
    o.v6 = v6;
    hdr.write(hls_util::pack<kHdrBits>(o));
  }
}
