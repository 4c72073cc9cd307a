// SPDX-License-Identifier: Apache-2.0
//
// Inbound: the verdict on each packet, and the replay window (RFC 4303 3.4.3). The window is looked at and moved in one
// step, after the ICV and everything else has passed and in the order of arrival, so no packet is judged by a window
// that is out of date and no forged packet moves one. (An earlier look before decryption would save nothing here: a
// packet's time in the pipeline is the same whatever becomes of it.)
//
// The window is a ring as in RFC 6479, of single bits: sequence number n has bit n mod 128; nothing is shifted.
#include "kernels.h"

#include "ip.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;
using hls_util::field;

static const int kWindow = card::kReplayWindow;
static const int kWindowBits = 7;
static const int kEntryBits = 32 + 2 * kWindow;

// a < b as a difference's borrow: synthesis gives that one carry chain with a LUT before it.
template <int W>
static ap_uint<1> below(const ap_uint<W>& a, const ap_uint<W>& b) {
  const ap_uint<W + 1> difference = ap_uint<W + 1>(a) - ap_uint<W + 1>(b);
  return difference[W];
}

void in_replay(ChkStream& chk, RelStream& rel, VerdictStream& verdict) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=chk
#pragma HLS INTERFACE axis port=rel
#pragma HLS INTERFACE axis port=verdict
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<kEntryBits> t_window[card::kSaCapacity];  // highest accepted, ring, the places up to the highest's
  static ap_uint<128> t_count[card::kSaCapacity];          // packets, bytes
#pragma HLS BIND_STORAGE variable=t_window type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_count type=ram_2p impl=bram

  const Chk c = hls_util::unpack<Chk>(chk.read());
  const Rel r = hls_util::unpack<Rel>(rel.read());
  const ap_uint<card::kSaIndexBits> idx = r.sa_index;
  const ap_uint<1> install = r.install;

  // ---- everything but the window ----
  const ap_uint<9> trailer = ap_uint<9>(c.pad_len) + 2;
  const ap_uint<14> payload = r.ct_len - trailer;  // pad_ok holds trailer <= ct_len
  const ap_uint<1> empty = c.next_header == ip::kNoNext;  // RFC 4303 2.6: a dummy packet, whatever is in it
  const ap_uint<1> inner_v6 = c.next_header == ip::kInV6;
  // Behind the inner packet there may be TFC padding (RFC 4303 2.7).
  const ap_uint<4> version = c.inner.range(7, 4);
  const ap_uint<4> ihl = c.inner.range(3, 0);
  const ap_uint<17> v4_len = hls_util::be_at<2, 16>(c.inner);
  const ap_uint<17> v6_len = ap_uint<17>(hls_util::be_at<4, 16>(c.inner)) + card::kIpv6HeaderBytes;
  const ap_uint<17> inner_len = inner_v6 ? v6_len : v4_len;
  const ap_uint<1> no_v4 = version != 4 || ihl < 5 || v4_len < card::kIpv4HeaderBytes;
  const ap_uint<1> inner_bad = inner_len > payload || (inner_v6 ? ap_uint<1>(version != 6) : no_v4);
  const ap_uint<14> whole = payload + cat(r.ip_words, ap_uint<2>(0));
  const ap_uint<14> out_len = r.transport ? whole : ap_uint<14>(inner_len);
  const ap_uint<1> header_bad = !r.transport && !empty && c.next_header != ip::kInV4 && !inner_v6;
  const ap_uint<1> wrong_shape = header_bad || (!r.transport && !empty && inner_bad);
  // RFC 6040 4.2: what was marked on the way goes into the inner header, or the packet is dropped where that can't say it.
  const ap_uint<8> outer_tos = ip::tos_of(r.head, r.v6);
  const ap_uint<2> outer_ecn = r.no_ecn ? ap_uint<2>(0) : ap_uint<2>(outer_tos.range(1, 0));
  const ap_uint<8> inner_tos = ip::tos_of(c.inner, inner_v6);
  const ap_uint<2> inner_ecn = inner_tos.range(1, 0);
  const ap_uint<1> not_marked = !r.transport && !empty && outer_ecn == 3 && inner_ecn == 0;
  ap_uint<2> ecn = inner_ecn;
  if (inner_ecn == 2 && outer_ecn == 1) ecn = 1;
  if (outer_ecn == 3) ecn = 3;
  const ap_uint<6> dscp = r.copy_dscp ? ap_uint<6>(outer_tos.range(7, 2)) : ap_uint<6>(inner_tos.range(7, 2));
  const ap_uint<1> small = !empty && out_len > r.out_cap;
  ap_uint<8> early = r.status;
  if (r.packet) {
    if (!c.icv_ok) {
      early = card::kDropIcv;
    } else if (!c.pad_ok) {
      early = card::kDropPadding;
    } else if (wrong_shape) {
      early = header_bad ? card::kDropNextHeader : card::kDropInner;
    } else if (not_marked) {
      early = card::kDropEcn;
    } else if (small) {
      early = card::kDropOutputTooBig;
    }
  }
  const ap_uint<1> ask = r.packet && c.icv_ok && c.pad_ok && !wrong_shape && !not_marked && !small;

  // ---- the window: first what follows from the number alone ----
  const ap_uint<kWindowBits> place = r.seq;
  ap_uint<kWindow> bit = ap_uint<kWindow>(1) << place;
  if (r.seq == 0) bit = 0;                         // never sent
  if (install) bit = ~ap_uint<kWindow>(0);         // numbers up to the given one count as seen
  const ap_uint<kWindow> below_place = ~(~ap_uint<kWindow>(0) << place);
  ap_uint<33> leaves = r.seq + kWindow;            // this highest number leaves r.seq behind; may be beyond 32 bits
  if (install) leaves = ~ap_uint<33>(0);
  ap_uint<32> reach = r.seq - (kWindow - 1);       // from below here, r.seq is a step of a window or more
  if (r.seq < kWindow) reach = 0;
  const ap_uint<32> number = install ? ap_uint<32>(r.init_seq) : r.seq;
  const ap_uint<kWindowBits> number_place = number;
  const ap_uint<kWindow> upto_number = ~(~ap_uint<kWindow>(1) << number_place);

  // The loop through the table. A packet that is refused writes too, and changes nothing: what depends on the verdict
  // stays out of it. So does the highest number's mask: it is stored beside it.
  const ap_uint<kEntryBits> old = t_window[idx];
  const ap_uint<32> top = field<0, 32>(old);
  const ap_uint<kWindow> ring = field<32, kWindow>(old);
  const ap_uint<kWindow> upto_top = field<32 + kWindow, kWindow>(old);
  const ap_uint<1> ahead = below<32>(top, r.seq);
  const ap_uint<1> jump = below<32>(top, reach);
  const ap_uint<1> too_old = !below<33>(top, leaves);
  // Moving on clears the places of the numbers passed over: those after the highest one's up to place, round the ring.
  // They are where `below_place` and `upto_top` differ, or where they agree if the way from one to the other wraps.
  const ap_uint<kWindowBits> top_place = top;
  const ap_uint<1> wraps = !below<kWindowBits>(top_place, place);
  ap_uint<kWindow> passed = below_place ^ upto_top;
  if (wraps) passed = ~passed;
  ap_uint<kWindow> kept = ring;
  if (ahead) kept = kept & ~passed;
  if (jump) kept = 0;
  if (!too_old) kept = kept | bit;
  if (ask || install) {
    ap_uint<kEntryBits> v = 0;
    v.range(31, 0) = install || ahead ? number : top;
    v.range(31 + kWindow, 32) = kept;
    v.range(31 + 2 * kWindow, 32 + kWindow) = install || ahead ? upto_number : upto_top;
    t_window[idx] = v;
  }
  const ap_uint<1> outside = too_old || r.seq == 0;
  const ap_uint<1> seen = !ahead && ring[place];
  const ap_uint<1> pass = ask && (r.replay_off || (!outside && !seen));
  ap_uint<8> status = early;
  if (ask && !pass) {
    status = outside ? card::kDropReplayOld : card::kDropReplay;
  } else if (pass && empty) {
    status = card::kDropDummy;
  }

  // ---- counters ----
  const ap_uint<14> step = r.packet && !empty ? out_len : ap_uint<14>(0);
  const ap_uint<128> count = t_count[idx];
  if (pass || install) {
    ap_uint<128> v = count;
    if (install) v = 0;
    v.range(63, 0) = ap_uint<64>(field<0, 64>(v) + r.packet);
    v.range(127, 64) = ap_uint<64>(field<64, 64>(v) + step);
    t_count[idx] = v;
  }

  Verdict o;
  o.status = status;
  o.op = r.op;
  o.sa_index = r.sa_index;
  o.held = c.held;
  o.words = r.transport ? r.ip_words : ap_uint<5>(0);
  o.out_len = pass && !empty ? out_len : ap_uint<14>(0);
  o.seq = r.op == card::kOpPacket ? ap_uint<64>(r.seq) : ap_uint<64>(top);
  o.packets = field<0, 64>(count);
  o.bytes = field<64, 64>(count);
  o.tos = cat(dscp, ecn);
  o.new_tos = !r.transport && o.tos != inner_tos;
  o.head = r.head;
  o.next_at = r.next_at;
  o.protocol = c.next_header;
  o.v6 = r.transport ? r.v6 : inner_v6;
  verdict.write(hls_util::pack<kVerdictBits>(o));
}
