// SPDX-License-Identifier: Apache-2.0
//
// Outbound SA table and sequence numbers. Packets and SA commands come in one order and leave in it, so an install is
// seen by every packet after it and by none before.
#include "aad.h"
#include "ipv4.h"
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;
using hls_util::field;

static const int kFlagBits = 14;                   // card::SaFlags
static const int kControlBits = 68 + kFlagBits;

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
  static ap_uint<192> t_tunnel[card::kSaCapacity];   // beat 2: outer source, destination (IPv4), H^6
  static ap_uint<kControlBits> t_control[card::kSaCapacity];   // beat 3: flags, tos, ttl, gen, SPI, cuts; valid comes last
  static ap_uint<64> t_limit[card::kSaCapacity];     // beat 3, or kOpSaExtend
  static ap_uint<64> t_seq[card::kSaCapacity];       // beat 3, then one more a packet
  static ap_uint<128> t_count[card::kSaCapacity];    // packets, bytes
#pragma HLS BIND_STORAGE variable=t_key type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_powers type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_tunnel type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_control type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_limit type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_seq type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_count type=ram_2p impl=bram

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
  const ap_uint<1> bad_cut = hls_util::byte_at<6>(r.data) > 2 || hls_util::byte_at<7>(r.data) > 2;
  const ap_uint<1> refused = finish && (inbound || bad_cut);
  const ap_uint<1> take = finish && !inbound && !bad_cut;

  const ap_uint<416> old_key = t_key[idx];
  if (install && r.part == 0) {
    ap_uint<416> v = field<0, 416>(r.data);
    t_key[idx] = v;
  }
  const ap_uint<512> powers = t_powers[idx];
  if (install && r.part == 1) t_powers[idx] = r.data;
  const ap_uint<192> tunnel = t_tunnel[idx];
  if (install && r.part == 2) {
    ap_uint<192> v = 0;
    v.range(31, 0) = field<0, 32>(r.data);
    v.range(63, 32) = field<128, 32>(r.data);
    v.range(191, 64) = field<256, 128>(r.data);
    t_tunnel[idx] = v;
  }
  const ap_uint<kControlBits> control = t_control[idx];
  if (finish || remove) {
    if (r.op != card::kOpSaInstall || inbound || bad_cut) new_flags = 0;  // without valid the rest says nothing
    ap_uint<kControlBits> v = 0;
    v.range(68 + kFlagBits - 1, 68) = new_flags;
    v.range(7, 0) = field<32, 8>(r.data);     // tos
    v.range(15, 8) = field<40, 8>(r.data);    // ttl
    v.range(31, 16) = field<64, 16>(r.data);  // gen
    v.range(63, 32) = field<96, 32>(r.data);  // SPI
    v.range(65, 64) = field<48, 2>(r.data);   // icv_cut
    v.range(67, 66) = field<56, 2>(r.data);   // key_cut
    t_control[idx] = v;
  }
  const ap_uint<64> limit = t_limit[idx];
  if (take || extend) {
    ap_uint<64> v = field<192, 64>(r.data);
    if (r.op == card::kOpSaExtend) v = field<0, 64>(r.data);
    t_limit[idx] = v;
  }

  // ---- the packet's way: which SA, how long ----
  const ap_uint<kFlagBits> flags = field<68, kFlagBits>(control);
  const ap_uint<16> gen = field<16, 16>(control);
  const ap_uint<1> valid = in_table && (flags & card::kSaValid) != 0;
  const ap_uint<1> transport = (flags & card::kSaTunnel) == 0;
  const ap_uint<1> gmac = (flags & card::kSaGmac) != 0;

  const ap_uint<14> header = transport ? ap_uint<14>(card::kIpv4HeaderBytes) : ap_uint<14>(0);
  const ap_uint<14> payload = r.in_len - header;
  const ap_uint<2> short_by = payload + 2;      // RFC 4303 2.4: payload, padding and two bytes fill 4-byte words
  const ap_uint<2> pad = ap_uint<2>(0) - short_by;
  const ap_uint<14> ct_len = payload + pad + 2;
  const ap_uint<2> icv_cut = field<64, 2>(control);
  const ap_uint<6> around = (card::kIpv4HeaderBytes + card::kEspHeaderBytes + card::kIcvBytes) - 4 * icv_cut;
  const ap_uint<14> out_len = ct_len + around;
  const ap_uint<1> too_big = out_len > card::kMaxPacketBytes || out_len > r.out_cap;

  ap_uint<8> status = r.status;
  if (is_packet && r.ok) {
    if (!valid) {
      status = card::kDropNoSa;
    } else if (gen != r.sa_gen) {
      status = card::kDropStaleSa;
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
  const ap_uint<1> wants = is_packet && status == card::kOk && !too_big;
  const ap_uint<64> seq = t_seq[idx];
  const ap_uint<1> left = seq < limit;
  const ap_uint<64> next = seq + 1;
  if ((wants && left) || take) {
    ap_uint<64> v = next;
    if (take) v = field<128, 64>(r.data);
    t_seq[idx] = v;
  }
  if (is_packet && status == card::kOk) {
    if (!left) {
      status = card::kDropSeqExhausted;
    } else if (too_big) {
      status = card::kDropOutputTooBig;
    }
  }
  const ap_uint<1> sent = wants && left;

  const ap_uint<14> step = is_packet ? r.in_len : ap_uint<14>(0);
  const ap_uint<128> count = t_count[idx];
  if (sent || take) {
    ap_uint<128> v = count;
    if (take) v = 0;
    v.range(63, 0) = ap_uint<64>(field<0, 64>(v) + is_packet);
    v.range(127, 64) = ap_uint<64>(field<64, 64>(v) + step);
    t_count[idx] = v;
  }

  // ---- one word to each kernel behind ----
  if (r.last) {
    Enc e;
    e.beats = is_packet && r.in_len != 0;
    e.dummy = !sent;
    e.transport = transport;
    e.text = text_beats(ct_len);
    e.pad = pad;
    e.final = r.final;
    e.plain = gmac;
    e.next_header = transport ? hls_util::byte_at<9>(r.data) : ap_uint<8>(4);
    enc.write(hls_util::pack<kEncBits>(e));

    const ap_uint<64> iv = hls_util::swap_bytes<64>(next);
    Key k;
    k.key = field<0, 256>(old_key);
    k.nonce = cat(iv, field<384, 32>(old_key));
    const ap_uint<32> spi = field<32, 32>(control);
    const aad::EspHash hashed = aad::of_esp(spi, next, iv, ct_len, gmac, (flags & card::kSaEsn) != 0);
    k.key_cut = field<66, 2>(control);
    k.shift = hashed.shift;
    key.write(hls_util::pack<kKeyBits>(k));

    const ap_uint<32> seq_be = hls_util::swap_bytes<32>(ap_uint<32>(next));
    HashParams h;
    h.h = cat(field<64, 128>(tunnel), field<256, 128>(old_key), powers);
    h.aad = hashed.block;
    h.aad_len = hashed.aad_len;
    h.ct_len = hashed.ct_len;
    hp.write(hls_util::pack<kHpBits>(h));

    ap_uint<160> outer = 0;                       // RFC 4303 3.1.2
    outer.range(7, 0) = 0x45;
    // RFC 4301 5.1.2.1, RFC 6040 4.1: what goes outside of the inner DSCP, ECN and DF.
    const ap_uint<8> inner_tos = hls_util::byte_at<1>(r.data);
    const ap_uint<8> fixed_tos = field<0, 8>(control);
    const ap_uint<1> copy_dscp = (flags & card::kSaCopyDscp) != 0;
    const ap_uint<1> no_ecn = (flags & card::kSaNoEcn) != 0;
    const ap_uint<6> dscp = copy_dscp ? ap_uint<6>(inner_tos.range(7, 2)) : ap_uint<6>(fixed_tos.range(7, 2));
    const ap_uint<2> ecn = no_ecn ? ap_uint<2>(fixed_tos.range(1, 0)) : ap_uint<2>(inner_tos.range(1, 0));
    const ap_uint<1> inner_df = hls_util::byte_at<6>(r.data)[6];
    const ap_uint<1> df_copy = (flags & card::kSaDfCopy) != 0, df_clear = (flags & card::kSaDfClear) != 0;
    const ap_uint<1> df = !df_clear && (!df_copy || inner_df);
    outer.range(15, 8) = cat(dscp, ecn);
    // Identification: 0 with DF, else one that does not come again soon (RFC 6864 4.1, 4.2).
    if (!df) outer.range(47, 32) = hls_util::swap_bytes<16>(ap_uint<16>(next));
    outer[54] = df;
    outer.range(71, 64) = field<8, 8>(control);   // ttl
    outer.range(159, 96) = field<0, 64>(tunnel);
    if (transport) outer = field<0, 160>(r.data); // RFC 4303 3.1.1
    const ap_uint<160> ip = ipv4::rebuild(outer, out_len, 50);
    Hdr o;
    o.head = cat(iv, seq_be, spi, ip);
    o.out_len = sent ? out_len : ap_uint<14>(0);
    o.status = status;
    o.op = r.op;
    o.sa_index = r.sa_index;
    o.seq = is_packet ? next : seq;
    if (is_packet && !sent) o.seq = 0;
    o.packets = field<0, 64>(count);
    o.bytes = field<64, 64>(count);
    o.icv_cut = icv_cut;
    hdr.write(hls_util::pack<kHdrBits>(o));
  }
}
