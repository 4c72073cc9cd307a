// SPDX-License-Identifier: Apache-2.0
//
// Two descriptors' words in one, where a card with several engines takes two descriptors a clock: those of an even
// descriptor of the run and of the odd one behind it (xesp_dispatch.sv says when they travel together).
#ifndef XESP_KERNELS_PAIR_H
#define XESP_KERNELS_PAIR_H

#include "bits.h"
#include "streams.h"

namespace xesp {
namespace streams {

// W: bits of the stream whose words these are. One that is not there is 0.
template <int W>
struct Pair {
  ap_uint<W> even;
  ap_uint<W> odd;
  ap_uint<1> has_even;
  ap_uint<1> has_odd;
  template <class V> void visit(V& v) { v(even); v(odd); v(has_even); v(has_odd); }
};

// The pair word of two structs of a stream.
template <int W, class T>
inline ap_uint<pair_bits(W)> pair_word(const ap_uint<1>& has_even, const T& even, const ap_uint<1>& has_odd, const T& odd) {
  const ap_uint<W> nothing = 0;
  Pair<W> p;
  p.even = has_even ? hls_util::pack<W>(even) : nothing;
  p.odd = has_odd ? hls_util::pack<W>(odd) : nothing;
  p.has_even = has_even;
  p.has_odd = has_odd;
  return hls_util::pack<pair_bits(W)>(p);
}

}  // namespace streams
}  // namespace xesp
#endif
