// SPDX-License-Identifier: Apache-2.0
//
// Lifetimes in packets and bytes (RFC 4301 4.4.2.1), as Linux counts them: an SA ends once what it has done reaches a hard
// limit, so the packet that crosses one in bytes still passes.
//
// The state is what is left, `hard - 1 - done`, with one bit more than the limit: when the limit is reached that bit is
// set. So the loop, which must judge a packet by the one before it, looks at two bits; the sums follow.
#ifndef XESP_KERNELS_LIFETIME_H
#define XESP_KERNELS_LIFETIME_H

#include "bits.h"
#include "xesp_abi.h"

namespace xesp {
namespace lifetime {

static const int kLeftBits = 65;

struct Limits {
  ap_uint<64> soft_packets;
  ap_uint<64> hard_packets;
  ap_uint<64> soft_bytes;
  ap_uint<64> hard_bytes;
  template <class V> void visit(V& v) { v(soft_packets); v(hard_packets); v(soft_bytes); v(hard_bytes); }
};
static const int kLimitsBits = 256;

struct Left {
  ap_uint<kLeftBits> packets;
  ap_uint<kLeftBits> bytes;
  template <class V> void visit(V& v) { v(packets); v(bytes); }
  ap_uint<1> none() const { return packets[kLeftBits - 1] || bytes[kLeftBits - 1]; }
};
static const int kStateBits = 2 * kLeftBits;

inline Left at_install(const Limits& l) {
  Left left;
  left.packets = ap_uint<kLeftBits>(l.hard_packets) - 1;
  left.bytes = ap_uint<kLeftBits>(l.hard_bytes) - 1;
  return left;
}

inline Left after(const Left& before, const ap_uint<14>& bytes) {
  Left left;
  left.packets = before.packets - 1;
  left.bytes = before.bytes - bytes;
  return left;
}

// After up to two packets, of so many bytes together.
inline Left after(const Left& before, const ap_uint<2>& packets, const ap_uint<15>& bytes) {
  Left left;
  left.packets = before.packets - packets;
  left.bytes = before.bytes - bytes;
  return left;
}

// What was done: the same sum the other way round.
inline ap_uint<64> packets_done(const Limits& l, const Left& left) {
  return l.hard_packets - 1 - ap_uint<64>(left.packets.range(63, 0));
}
inline ap_uint<64> bytes_done(const Limits& l, const Left& left) {
  return l.hard_bytes - 1 - ap_uint<64>(left.bytes.range(63, 0));
}

// Whether a packet reached a soft limit that was let pass and found `before` left.
inline ap_uint<1> soft(const Limits& l, const Left& before, const ap_uint<14>& bytes) {
  const ap_uint<65> packets_now = ap_uint<65>(packets_done(l, before)) + 1;
  const ap_uint<64> bytes_before = bytes_done(l, before);
  const ap_uint<65> bytes_now = ap_uint<65>(bytes_before) + bytes;
  const ap_uint<1> soft_packets = packets_now == l.soft_packets;
  const ap_uint<1> soft_bytes = bytes_before < l.soft_bytes && bytes_now >= l.soft_bytes;
  return soft_packets || soft_bytes;
}

// card::CplEvents of it.
inline ap_uint<2> events(const Limits& l, const Left& before, const ap_uint<14>& bytes) {
  return hls_util::cat(after(before, bytes).none(), soft(l, before, bytes));
}

}  // namespace lifetime
}  // namespace xesp
#endif
