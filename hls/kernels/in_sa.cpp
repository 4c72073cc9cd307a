// SPDX-License-Identifier: Apache-2.0
//
// Inbound SA table: the exact lookup on (SPI, destination, protocol) in four ways of one row each, then the entry that
// the slot names (RFC 4301 4.1). Sequence state is in_replay's, but for the copy that tells high halves (esn.h).
#include "aad.h"
#include "ah.h"
#include "esn.h"
#include "ip.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;
using hls_util::field;

static const int kFlagBits = 14;                             // card::SaFlags
static const int kControlBits = 4 + kFlagBits;
static const int kSlotBits = 1 + 16 + card::kLookupKeyBits;  // valid, SA index, key

// card::lookup_row(): an XOR of constants.
template <int WAY>
static ap_uint<card::kLookupRowBits> row_of(const ap_uint<card::kLookupKeyBits>& key) {
  ap_uint<card::kLookupRowBits> row = 0;
  for (int i = 0; i < static_cast<int>(card::kLookupKeyBits); ++i) {
#pragma HLS UNROLL
    ap_uint<card::kLookupRowBits> mask = 0;
    if (key[i]) mask = card::lookup_mask(WAY, i);
    row = row ^ mask;
  }
  return row;
}

// One way: its row for this key, and the write of a slot that the host placed here.
template <int WAY>
static ap_uint<kSlotBits> probe(const ap_uint<card::kLookupKeyBits>& key, const ap_uint<1>& write,
                                const ap_uint<card::kLookupRowBits>& write_row, const ap_uint<kSlotBits>& slot) {
#pragma HLS INLINE
  static ap_uint<kSlotBits> t_slots[card::kLookupRows];
#pragma HLS BIND_STORAGE variable=t_slots type=ram_2p impl=bram
  ap_uint<card::kLookupRowBits> row = row_of<WAY>(key);
  const ap_uint<kSlotBits> found = t_slots[row];
  if (write) t_slots[write_row] = slot;
  return found;
}

static ap_uint<1> hit(const ap_uint<kSlotBits>& slot, const ap_uint<card::kLookupKeyBits>& key) {
#pragma HLS INLINE
  return slot[0] && field<17, card::kLookupKeyBits>(slot) == key;
}

void in_sa(ReqStream& req, TopStream& top, StripStream& strip, KeyStream& key, HpStream& hp, RelStream& rel) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=top
#pragma HLS INTERFACE axis port=strip
#pragma HLS INTERFACE axis port=key
#pragma HLS INTERFACE axis port=hp
#pragma HLS INTERFACE axis port=rel
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<416> t_key[card::kSaCapacity];     // beat 0 of card::SaEntry: key 256, H^5 128, salt 32
  static ap_uint<512> t_powers[card::kSaCapacity];  // beat 1: H^1 .. H^4
  static ap_uint<128> t_h6[card::kSaCapacity];      // beat 2
  static ap_uint<kControlBits> t_flags[card::kSaCapacity];  // beat 3: flags, cuts; valid comes last
#pragma HLS BIND_STORAGE variable=t_key type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_powers type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_h6 type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_flags type=ram_2p impl=bram
  static ap_uint<64> t_edge[card::kSaCapacity];   // the window's left edge, esn::kLag descriptors late
  static ap_uint<32> t_epoch[card::kSaCapacity];  // beat 3: whose words `top` may change it
#pragma HLS BIND_STORAGE variable=t_edge type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_epoch type=ram_2p impl=bram
  static ap_uint<1> first = 1;                    // beat of its descriptor
  static ap_uint<esn::kLagBits + 1> begun = 0;    // descriptors, up to esn::kLag
  static ap_uint<128> packet_limits = 0;          // beat 2, for beat 3

  const Req r = hls_util::unpack<Req>(req.read());
  const ap_uint<1> is_packet = r.packet;
  const ap_uint<1> command_ok = !is_packet && r.ok;
  const ap_uint<1> in_table = r.sa_index < card::kSaCapacity;

  // ---- what ESP or AH says ----
  const ap_uint<1> is_ah = r.protocol == ip::kAh;
  const ap_uint<ah::kFrontBits> ah_front = ah::front_of(r.data, r.v6);
  const ap_uint<128> esp = is_ah ? field<32, 128>(ah_front) : r.esp;   // SPI, number, IV
  const ap_uint<32> spi = field<0, 32>(esp);
  const ap_uint<32> seq = hls_util::be_at<4, 32>(esp);

  // ---- lookup ----
  ap_uint<card::kLookupKeyBits> want = 0;
  const ap_uint<32> destination4 = field<128, 32>(r.data);
  want.range(31, 0) = spi;
  want.range(159, 32) = r.v6 ? ap_uint<128>(field<192, 128>(r.data)) : ap_uint<128>(destination4);
  want.range(167, 160) = is_ah ? ip::kAh : ip::kEsp;
  want[167] = r.v6;                             // card::kLookupIpv6

  const ap_uint<16> w_row = field<16, 16>(r.data);
  const ap_uint<16> w_index = field<32, 16>(r.data);
  const ap_uint<8> w_way = field<0, 8>(r.data);
  const ap_uint<8> w_valid = field<8, 8>(r.data);
  ap_uint<card::kLookupKeyBits> w_key = 0;
  w_key.range(31, 0) = field<64, 32>(r.data);
  w_key.range(159, 32) = field<128, 128>(r.data);
  w_key.range(167, 160) = field<48, 8>(r.data);
  const ap_uint<1> slot_op = command_ok && r.op == card::kOpLookupWrite;
  const ap_uint<1> slot_good = w_row < card::kLookupRows && w_way < card::kLookupWays && w_index < card::kSaCapacity;
  const ap_uint<1> slot_write = slot_op && slot_good;
  const ap_uint<kSlotBits> w_slot = cat(w_key, w_index, ap_uint<1>(w_valid != 0));
  const ap_uint<card::kLookupRowBits> w_row9 = w_row;

  const ap_uint<kSlotBits> s0 = probe<0>(want, slot_write && w_way == 0, w_row9, w_slot);
  const ap_uint<kSlotBits> s1 = probe<1>(want, slot_write && w_way == 1, w_row9, w_slot);
  const ap_uint<kSlotBits> s2 = probe<2>(want, slot_write && w_way == 2, w_row9, w_slot);
  const ap_uint<kSlotBits> s3 = probe<3>(want, slot_write && w_way == 3, w_row9, w_slot);
  const ap_uint<1> hit0 = hit(s0, want);
  const ap_uint<1> hit1 = hit(s1, want);
  const ap_uint<1> hit2 = hit(s2, want);
  const ap_uint<1> hit3 = hit(s3, want);
  ap_uint<16> found = 0;
  if (hit3) found = field<1, 16>(s3);
  if (hit2) found = field<1, 16>(s2);
  if (hit1) found = field<1, 16>(s1);
  if (hit0) found = field<1, 16>(s0);
  const ap_uint<1> any = hit0 || hit1 || hit2 || hit3;
  const ap_uint<16> sa_index = is_packet ? found : r.sa_index;
  const ap_uint<card::kSaIndexBits> idx = sa_index;

  // ---- the entry ----
  const ap_uint<1> install = command_ok && in_table && r.op == card::kOpSaInstall;
  const ap_uint<1> finish = install && r.part == 3;
  const ap_uint<1> remove = command_ok && in_table && r.op == card::kOpSaDelete;
  const ap_uint<kFlagBits> new_flags = field<0, kFlagBits>(r.data);
  const ap_uint<1> bad = hls_util::byte_at<6>(r.data) > 2 || hls_util::byte_at<7>(r.data) > 2 ||
                         ah::bad_entry(new_flags, hls_util::byte_at<6>(r.data), 0);
  ap_uint<1> window_good = 0;
  const replay_window::Rule rule = replay_window::rule_of(r.data, window_good);
  const ap_uint<64> new_seq = field<128, 64>(r.data);
  const ap_uint<1> no_window = (new_flags & card::kSaReplayOff) != 0 || (new_flags & card::kSaValid) == 0;
  const ap_uint<1> bad_window = !no_window && !window_good;
  const ap_uint<1> refused = finish && ((new_flags & card::kSaInbound) == 0 || bad || bad_window);
  const ap_uint<1> take = finish && !refused;

  const ap_uint<416> sa_key = t_key[idx];
  if (install && r.part == 0) {
    ap_uint<416> v = field<0, 416>(r.data);
    t_key[idx] = v;
  }
  const ap_uint<512> powers = t_powers[idx];
  if (install && r.part == 1) t_powers[idx] = r.data;
  const ap_uint<128> h6 = t_h6[idx];
  if (install && r.part == 2) {
    ap_uint<128> v = field<256, 128>(r.data);
    t_h6[idx] = v;
  }
  const ap_uint<kControlBits> entry = t_flags[idx];
  if (finish || remove) {
    ap_uint<kControlBits> v = 0;
    if (finish && !refused) v = cat(new_flags, field<56, 2>(r.data), field<48, 2>(r.data));
    t_flags[idx] = v;
  }

  // ---- where the window begins: at the first beat what came back, at an install's last one what the host says ----
  const ap_uint<1> lagging = begun[esn::kLagBits];
  ap_uint<kTopBits> top_word = 0;
  if (first && lagging) top_word = top.read();
  if (first && !lagging) begun = begun + 1;
  first = r.last;
  const Top moved = hls_util::unpack<Top>(top_word);
  const ap_uint<32> epoch = t_epoch[moved.sa_index];
  if (take) t_epoch[idx] = rule.epoch;
  const ap_uint<64> edge = t_edge[idx];
  if (take || (moved.valid && moved.epoch == epoch)) {
    const ap_uint<card::kSaIndexBits> at = take ? idx : moved.sa_index;
    t_edge[at] = take ? esn::edge(new_seq, rule.window) : moved.edge;
  }
  if (install && r.part == 2) packet_limits = field<384, 128>(r.data);

  const ap_uint<kFlagBits> flags = field<4, kFlagBits>(entry);
  const ap_uint<2> icv_cut = field<0, 2>(entry);
  const ap_uint<1> valid = (flags & card::kSaValid) != 0;
  const ap_uint<1> gmac = (flags & card::kSaGmac) != 0;

  const ap_uint<1> udp = (flags & card::kSaUdpEncap) != 0;
  const ap_uint<1> implicit_iv = (flags & card::kSaImplicitIv) != 0;
  const ap_uint<3> esp_words = implicit_iv ? 2 : 4;
  const ap_uint<4> ipsec_words = is_ah ? ah::words(r.v6) : ap_uint<4>(esp_words);
  const ap_uint<2> udp_words = r.udp ? 2 : 0;
  const ap_uint<5> words = r.ip_words + ipsec_words + udp_words;  // before the text, 7 .. 22
  const ap_uint<3> icv_words = is_ah ? ap_uint<3>(0) : ap_uint<3>(4 - icv_cut);
  const ap_uint<5> around_words = words + icv_words;
  const ap_uint<14> around = cat(around_words, ap_uint<2>(0));
  ap_uint<8> status = r.status;
  if (r.ok) {
    if (is_packet) {
      if (!any || !valid || is_ah != ((flags & card::kSaAh) != 0)) {
        status = card::kDropNoSa;
      } else if (udp != r.udp) {
        status = card::kDropEncap;
      } else if (r.in_len < around) {
        status = card::kDropShort;
      } else if (r.in_len == around && !is_ah) {
        status = card::kDropAlign;
      }
    } else if (r.op == card::kOpLookupWrite) {
      if (!slot_good) status = card::kDropSaInvalid;
    } else if (!in_table || refused) {
      status = card::kDropSaInvalid;
    } else if (!valid && r.op == card::kOpSaRead) {
      status = card::kDropNoSa;
    }
  }

  // ---- one word to each kernel behind ----
  if (r.last) {
    const ap_uint<1> go = is_packet && status == card::kOk;
    const ap_uint<14> ct_len = r.in_len - around;
    Strip s;
    s.beats = is_packet && r.in_len != 0;
    s.dummy = !go;
    s.far = words > 16;
    s.head = words > 16 ? ap_uint<5>(words - 16) : words;
    s.text = text_beats(ct_len);
    s.icv_cut = icv_cut;
    s.final = r.final;
    s.plain = gmac;
    s.ah = is_ah;
    s.received = r.v6 ? cat(ap_uint<96>(r.esp.range(95, 0)), ap_uint<32>(r.data.range(511, 480)))
                      : field<32 * (ip::kV4Words + ah::kIcvWord), 128>(r.data);
    strip.write(hls_util::pack<kStripBits>(s));

    Key k;
    k.key = field<0, 256>(sa_key);
    const ap_uint<1> is_esn = (flags & card::kSaEsn) != 0;
    const ap_uint<64> number = is_esn ? esn::guess(edge, seq) : ap_uint<64>(seq);
    // The packet's IV, or the sequence number (RFC 8750 4).
    const ap_uint<64> iv = implicit_iv ? hls_util::swap_bytes<64>(number) : field<64, 64>(esp);
    k.nonce = cat(iv, field<384, 32>(sa_key));
    k.key_cut = field<2, 2>(entry);
    key.write(hls_util::pack<kKeyBits>(k));

    HashParams h;
    h.h = cat(h6, field<256, 128>(sa_key), powers);
    const Hashed esp_hash = aad::of_esp(spi, number, iv, ct_len, gmac, is_esn);
    const Hashed ah_hash = aad::of_ah(r.data, r.v6, ap_uint<96>(ah_front.range(95, 0)), ap_uint<32>(r.esp.range(127, 96)),
                                      ap_uint<32>(number.range(63, 32)), ct_len, is_esn);
    h.hashed = aad::either(is_ah, ah_hash, esp_hash, go);
    hp.write(hls_util::pack<kHpBits>(h));

    Rel o;
    o.status = status;
    o.op = r.op;
    o.sa_index = is_packet && !any ? ap_uint<16>(0) : sa_index;
    o.transport = (flags & card::kSaTunnel) == 0;
    o.replay_off = (flags & card::kSaReplayOff) != 0;
    o.copy_dscp = (flags & card::kSaCopyDscp) != 0;
    o.no_ecn = (flags & card::kSaNoEcn) != 0;
    o.esn = is_esn;
    o.ah = is_ah;
    o.seq = take ? new_seq : number;
    o.ct_len = ct_len;
    o.out_cap = r.out_cap;
    o.head = r.data;
    o.ip_words = r.ip_words;
    o.v6 = r.v6;
    o.next_at = r.next_at;
    o.packet = go;
    o.install = take;
    o.rule = rule;
    o.limits.soft_packets = field<0, 64>(packet_limits);
    o.limits.hard_packets = field<64, 64>(packet_limits);
    o.limits.soft_bytes = field<256, 64>(r.data);
    o.limits.hard_bytes = field<320, 64>(r.data);
    rel.write(hls_util::pack<kRelBits>(o));
  }
}
