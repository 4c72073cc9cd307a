// SPDX-License-Identifier: Apache-2.0
//
// in_sa for two descriptors a call (pair.h): it does what in_sa would do for the even one and then for the odd one. They
// come together only where both are packets, so what commands write is two copies of everything, one for either to read,
// and a call has one command at most.
//
// What packets change is the window's edge, by the words that come back. An edge only grows until the next install, so
// either half keeps the last one of its own packets, and the larger of both is the SA's.
#include "in_sa.h"

#include "in_sa_tables.h"
#include "pair.h"

using namespace xesp;
using namespace xesp::streams;
using namespace xesp::in_sa_parts;

// The edges that one half's packets moved, for either to read.
struct Edges {
  ap_uint<64> even, odd;
};

template <int HALF>
static Edges edges_of(const Index& even, const Index& odd, const Top& moved, const Change& change) {
#pragma HLS INLINE
  static ap_uint<64> t_edge_even[card::kSaCapacity];
  static ap_uint<64> t_edge_odd[card::kSaCapacity];
  static ap_uint<32> t_epoch[card::kSaCapacity];
#pragma HLS BIND_STORAGE variable=t_edge_even type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_edge_odd type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_epoch type=ram_2p impl=bram
  const ap_uint<32> epoch = t_epoch[moved.sa_index];
  if (change.take) t_epoch[even] = change.rule.epoch;
  Edges e;
  e.even = t_edge_even[even];
  e.odd = t_edge_odd[odd];
  if (change.take || (moved.valid && moved.epoch == epoch)) {
    const Index at = change.take ? even : moved.sa_index;  // a command's index is both
    const ap_uint<64> edge = change.take ? esn::edge(change.seq, change.rule.window) : moved.edge;
    t_edge_even[at] = edge;
    t_edge_odd[at] = edge;
  }
  return e;
}

static ap_uint<64> larger(const ap_uint<64>& a, const ap_uint<64>& b) {
#pragma HLS INLINE
  return replay_window::below<64>(a, b) ? b : a;
}

void in_sa_pair(ReqPairStream& req, TopPairStream& top, StripPairStream& strip, KeyPairStream& key, HpPairStream& hp,
                RelPairStream& rel) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=top
#pragma HLS INTERFACE axis port=strip
#pragma HLS INTERFACE axis port=key
#pragma HLS INTERFACE axis port=hp
#pragma HLS INTERFACE axis port=rel
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<1> first = 1;                      // call of its descriptor or pair
  static ap_uint<esn::kPairLagBits + 1> begun = 0;  // such calls, up to esn::kPairLag
  static ap_uint<128> packet_limits = 0;            // of a command's beat 2, for beat 3

  const Pair<kReqBits> both = hls_util::unpack<Pair<kReqBits> >(req.read());
  const Req r0 = hls_util::unpack<Req>(both.even);
  const Req r1 = hls_util::unpack<Req>(both.odd);
  const Arrival arrival0 = arrival_of(r0);
  const Arrival arrival1 = arrival_of(r1);
  // Of two packets the first, which changes nothing.
  const Req command = both.has_even ? r0 : r1;
  const SlotWrite slot = slot_write_of(command);
  const Change change = change_of(command);

  const Found found0 = lookup<0>(arrival0.want, slot);
  const Found found1 = lookup<1>(arrival1.want, slot);
  const ap_uint<16> sa_index0 = command.packet ? found0.sa_index : command.sa_index;
  const ap_uint<16> sa_index1 = command.packet ? found1.sa_index : command.sa_index;
  const Index idx0 = sa_index0;
  const Index idx1 = sa_index1;
  Entry e0 = entry_at<0>(idx0, change, command.data);
  Entry e1 = entry_at<1>(idx1, change, command.data);

  // ---- where the windows begin ----
  const ap_uint<1> lagging = begun[esn::kPairLagBits];
  ap_uint<pair_bits(kTopBits)> top_word = 0;
  if (first && lagging) top_word = top.read();
  if (first && !lagging) begun = begun + 1;
  const ap_uint<1> last = r0.last || r1.last;  // one that is not there is 0
  first = last;
  const Pair<kTopBits> tops = hls_util::unpack<Pair<kTopBits> >(top_word);
  const Edges edges0 = edges_of<0>(idx0, idx1, hls_util::unpack<Top>(tops.even), change);
  const Edges edges1 = edges_of<1>(idx0, idx1, hls_util::unpack<Top>(tops.odd), change);
  e0.edge = larger(edges0.even, edges1.even);
  e1.edge = larger(edges0.odd, edges1.odd);
  if (change.more) packet_limits = field<384, 128>(command.data);

  const Words w0 = words_of(r0, arrival0, found0.any, sa_index0, e0, slot, change, packet_limits);
  const Words w1 = words_of(r1, arrival1, found1.any, sa_index1, e1, slot, change, packet_limits);
  if (last) {
    strip.write(pair_word<kStripBits>(both.has_even, w0.strip, both.has_odd, w1.strip));
    key.write(pair_word<kKeyBits>(both.has_even, w0.key, both.has_odd, w1.key));
    hp.write(pair_word<kHpBits>(both.has_even, w0.hp, both.has_odd, w1.hp));
    rel.write(pair_word<kRelBits>(both.has_even, w0.rel, both.has_odd, w1.rel));
  }
}
