// SPDX-License-Identifier: Apache-2.0
//
// Inbound: what can be said of a packet once its last beat is decrypted: does the ICV hold, is the padding 1, 2, 3, ...
// (RFC 4303 2.4), what is inside. The beats go on to a FIFO and stay there until in_replay's verdict.
#include "kernels.h"

using namespace xesp;
using namespace xesp::streams;
using hls_util::cat;

void in_check(CtStream& ct, TagStream& tag, IcvStream& icv, HeldStream& held, ChkStream& chk) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=ct
#pragma HLS INTERFACE axis port=tag
#pragma HLS INTERFACE axis port=icv
#pragma HLS INTERFACE axis port=held
#pragma HLS INTERFACE axis port=chk
#pragma HLS PIPELINE II=1 style=flp
  static ap_uint<8> run_before = 0;   // the beats before end in 1, 2, ... run_before
  static ap_uint<48> first_bytes = 0;  // the packet's first six bytes

  const Text t = hls_util::unpack<Text>(ct.read());
  ap_uint<kTagBits> computed = 0;
  ap_uint<kIcvBits> icv_bits = 0;
  if (t.last) {
    computed = tag.read();
    icv_bits = icv.read();
  }
  const Icv i = hls_util::unpack<Icv>(icv_bits);
  ap_uint<128> differs = computed ^ i.received;
  if (i.cut != 0) differs.range(127, 96) = 0;
  if (i.cut == 2) differs.range(95, 64) = 0;

  Beat b;
  b.data = t.data;
  b.last = t.last;
  if (!t.dummy) held.write(hls_util::pack<kHeldBits>(b));

  // The beat with its last word at the top. Ciphertext is whole words; bytes 2 and 3 of the last one are pad length and
  // next header.
  const ap_uint<4> empty = 0 - ap_uint<4>(t.bytes.range(5, 2));  // words behind the last
  const ap_uint<512> moved = t.data << cat(empty, ap_uint<5>(0));
  const ap_uint<8> pad_len = moved.range(503, 496);
  const ap_uint<8> next_header = moved.range(511, 504);

  // The bytes before the trailer's last two (last beat), or all of the beat, so that they end at byte 63.
  const ap_uint<7> bytes = t.last ? ap_uint<7>(t.bytes - 2) : ap_uint<7>(64);
  const ap_uint<512> aligned = t.last ? ap_uint<512>(moved << 16) : moved;
  // A run of v bytes ends here: byte 63 - i is v - i. Where v reaches beyond this beat, the rest must have ended the one
  // before.
  const ap_uint<8> top = aligned.range(511, 504);
  const ap_uint<8> v = t.last ? pad_len : top;
  ap_uint<1> good = 1;
  for (int k = 0; k < 64; ++k) {
#pragma HLS UNROLL
    const ap_uint<8> have = aligned.range(511 - 8 * k, 504 - 8 * k);
    const ap_uint<8> want = v - k;
    if (v > k && bytes > k && have != want) good = 0;
  }
  const ap_uint<8> beyond = v - bytes;
  const ap_uint<1> inside = v <= bytes;
  const ap_uint<1> run_ok = good && (inside || run_before == beyond);

  // A state of its own: the beat's, if this is the first.
  const ap_uint<48> head = t.first ? ap_uint<48>(t.data.range(47, 0)) : first_bytes;
  if (t.last) {
    Chk c;
    c.icv_ok = differs == 0;  // one wide comparison: its time does not depend on the data
    c.pad_ok = run_ok;
    c.held = !t.dummy;
    c.pad_len = pad_len;
    c.next_header = next_header;
    c.inner = head;
    chk.write(hls_util::pack<kChkBits>(c));
  }
  first_bytes = head;
  if (t.last) {
    run_before = 0;
  } else {
    run_before = run_ok ? v : ap_uint<8>(0);
  }
}
