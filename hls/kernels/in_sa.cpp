// SPDX-License-Identifier: Apache-2.0
//
// Inbound SA table: the exact lookup on (SPI, destination, protocol) in four ways of one row each, then the entry that
// the slot names (RFC 4301 4.1). Sequence state is in_replay's, but for the copy that tells high halves (esn.h).
#include "in_sa.h"

#include "in_sa_tables.h"

using namespace xesp;
using namespace xesp::streams;
using namespace xesp::in_sa_parts;

void in_sa(ReqStream& req, TopStream& top, StripStream& strip, KeyStream& key, HpStream& hp, RelStream& rel) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=top
#pragma HLS INTERFACE axis port=strip
#pragma HLS INTERFACE axis port=key
#pragma HLS INTERFACE axis port=hp
#pragma HLS INTERFACE axis port=rel
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<64> t_edge[card::kSaCapacity];   // the window's left edge, esn::kLag descriptors late
  static ap_uint<32> t_epoch[card::kSaCapacity];  // beat 3: whose words `top` may change it
#pragma HLS BIND_STORAGE variable=t_edge type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_epoch type=ram_2p impl=bram
  static ap_uint<1> first = 1;                    // beat of its descriptor
  static ap_uint<esn::kLagBits + 1> begun = 0;    // descriptors, up to esn::kLag
  static ap_uint<128> packet_limits = 0;          // beat 2, for beat 3

  const Req r = hls_util::unpack<Req>(req.read());
  const Arrival arrival = arrival_of(r);
  const SlotWrite slot = slot_write_of(r);
  const Change change = change_of(r);

  const Found found = lookup<0>(arrival.want, slot);
  const ap_uint<16> sa_index = r.packet ? found.sa_index : r.sa_index;
  const Index idx = sa_index;
  Entry e = entry_at<0>(idx, change, r.data);

  // ---- where the window begins: at the first beat what came back, at an install's last one what the host says ----
  const ap_uint<1> lagging = begun[esn::kLagBits];
  ap_uint<kTopBits> top_word = 0;
  if (first && lagging) top_word = top.read();
  if (first && !lagging) begun = begun + 1;
  first = r.last;
  const Top moved = hls_util::unpack<Top>(top_word);
  const ap_uint<32> epoch = t_epoch[moved.sa_index];
  if (change.take) t_epoch[idx] = change.rule.epoch;
  e.edge = t_edge[idx];
  if (change.take || (moved.valid && moved.epoch == epoch)) {
    const Index at = change.take ? idx : moved.sa_index;
    t_edge[at] = change.take ? esn::edge(change.seq, change.rule.window) : moved.edge;
  }
  if (change.more) packet_limits = field<384, 128>(r.data);

  const Words w = words_of(r, arrival, found.any, sa_index, e, slot, change, packet_limits);
  if (r.last) {
    strip.write(hls_util::pack<kStripBits>(w.strip));
    key.write(hls_util::pack<kKeyBits>(w.key));
    hp.write(hls_util::pack<kHpBits>(w.hp));
    rel.write(hls_util::pack<kRelBits>(w.rel));
  }
}
