// SPDX-License-Identifier: Apache-2.0
//
// Outbound SA table and sequence numbers. Packets and SA commands come in one order and leave in it, so an install is
// seen by every packet after it and by none before.
#include "out_sa.h"

using namespace xesp;
using namespace xesp::streams;

void out_sa(ReqStream& req, EncStream& enc, KeyStream& key, HpStream& hp, HdrStream& hdr) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=enc
#pragma HLS INTERFACE axis port=key
#pragma HLS INTERFACE axis port=hp
#pragma HLS INTERFACE axis port=hdr
#pragma HLS PIPELINE II=1 style=flp
  // outbound::Entry
  static ap_uint<416> t_key[card::kSaCapacity];
  static ap_uint<512> t_powers[card::kSaCapacity];
  static ap_uint<384> t_tunnel[card::kSaCapacity];
  static ap_uint<outbound::kControlBits> t_control[card::kSaCapacity];
  static ap_uint<64> t_limit[card::kSaCapacity];
  static ap_uint<128> t_packet_limits[card::kSaCapacity];
  static ap_uint<128> t_byte_limits[card::kSaCapacity];
  // outbound::State
  static ap_uint<64> t_seq[card::kSaCapacity];
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

  outbound::Entry sa;
  sa.key = t_key[idx];
  sa.powers = t_powers[idx];
  sa.tunnel = t_tunnel[idx];
  sa.control = t_control[idx];
  sa.packet_limits = t_packet_limits[idx];
  sa.byte_limits = t_byte_limits[idx];
  sa.limit = t_limit[idx];
  const outbound::Command c = outbound::command_of(r, sa);
  if (c.key) t_key[idx] = c.entry.key;
  if (c.powers) t_powers[idx] = c.entry.powers;
  if (c.tunnel) t_tunnel[idx] = c.entry.tunnel;
  if (c.control) t_control[idx] = c.entry.control;
  if (c.tunnel) t_packet_limits[idx] = c.entry.packet_limits;
  if (c.take) t_byte_limits[idx] = c.entry.byte_limits;
  if (c.limit) t_limit[idx] = c.entry.limit;

  const outbound::Way way = outbound::way_of(r, sa, c.refused);
  outbound::Found found;
  found.seq = t_seq[idx];
  found.remains = hls_util::unpack<lifetime::Left>(t_left[idx]);
  found.left = found.seq < sa.last_number();
  found.alive = !found.remains.none();
  found.sent = way.wants & found.left & found.alive;
  if (found.sent | c.take) {
    const lifetime::Left after = lifetime::after(found.remains, r.in_len);
    ap_uint<64> next = found.seq + 1;
    if (c.take) next = c.state.seq;
    t_seq[idx] = next;
    t_left[idx] = hls_util::pack<lifetime::kStateBits>(c.take ? c.state.left : after);
  }

  if (r.last) {
    const outbound::Words words = outbound::words_of(r, sa, way, found);
    enc.write(words.enc);
    key.write(words.key);
    hp.write(words.hp);
    hdr.write(words.hdr);
  }
}
