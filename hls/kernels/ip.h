// SPDX-License-Identifier: Apache-2.0
//
// IPv4 (RFC 791) and IPv6 (RFC 8200) headers as the kernels see them: all that stands before ESP or AH lies in the first
// beat. That is any IPv4 header, and IPv6 with 24 bytes of extension headers.
#ifndef XESP_KERNELS_IP_H
#define XESP_KERNELS_IP_H

#include "bits.h"
#include "xesp_abi.h"

namespace xesp {
namespace ip {

using hls_util::be_at;
using hls_util::byte_at;
using hls_util::cat;
using hls_util::swap_bytes;

static const int kV4Words = abi::kIpv4HeaderBytes / 4;
static const int kV6Words = abi::kIpv6HeaderBytes / 4;
static const int kMaxWords = 16;   // of a header with options or extension headers
static const int kV6Unit = 8;      // bytes: an extension header's length counts in these

static const int kUdp = 17, kEsp = 50, kAh = 51, kNoNext = 59, kInV4 = 4, kInV6 = 41;

// What a packet begins with.
struct Header {
  ap_uint<1> v6;
  ap_uint<5> words;     // before what the protocol names: options and extension headers included
  ap_uint<8> protocol;
  ap_uint<2> next_at;   // IPv6: which byte holds `protocol`: 0 the header's, 1, 2, 3 an extension header's at 40, 48, 56
  ap_uint<8> status;    // kOk, or why it is no packet at all
  ap_uint<8> reach;     // kOk, or why what follows the header can't be taken alone: fragments, headers that do not fit
  template <class V> void visit(V& v) { v(v6); v(words); v(protocol); v(next_at); v(status); v(reach); }
};

// Extension headers that stand before ESP: hop-by-hop (first only), routing, and destination options, but for those
// behind a routing header where `outbound` (RFC 4303 3.1.1: they are for the last destination, and go inside).
inline Header read(const ap_uint<512>& beat, const ap_uint<14>& len, bool outbound) {
  const ap_uint<4> version = byte_at<0>(beat).range(7, 4);
  const ap_uint<4> ihl = byte_at<0>(beat).range(3, 0);
  const ap_uint<16> total = be_at<2, 16>(beat);
  const ap_uint<14> fragment = be_at<6, 16>(beat).range(13, 0);  // MF and the offset; DF is bit 14
  const ap_uint<17> v6_total = ap_uint<17>(be_at<4, 16>(beat)) + abi::kIpv6HeaderBytes;

  Header h;
  h.v6 = version == 6;

  // The packet holds the first 48, 56, 64 bytes.
  const ap_uint<1> beat_full = len.range(13, 6) != 0;
  ap_uint<1> fits[3];
#pragma HLS ARRAY_PARTITION variable=fits complete
  fits[0] = beat_full || (len[5] && len[4]);
  fits[1] = beat_full || (len[5] && len[4] && len[3]);
  fits[2] = beat_full;

  // One unit of 8 bytes after the other: either a header begins here, or it is still the one before.
  ap_uint<8> next = byte_at<6>(beat);
  ap_uint<2> next_at = 0, inside = 0;
  ap_uint<5> words = kV6Words;
  ap_uint<1> routed = 0, stop = 0, beyond = 0, cut = 0;
  for (int unit = 0; unit < 3; ++unit) {
#pragma HLS UNROLL
    const int at = 8 * (abi::kIpv6HeaderBytes + kV6Unit * unit);
    const ap_uint<8> after = beat.range(at + 7, at);
    const ap_uint<8> more = beat.range(at + 15, at + 8);
    const ap_uint<1> options = next == 60 && !(outbound && routed);
    const ap_uint<1> here = inside == 0 && !stop && ((unit == 0 && next == 0) || next == 43 || options);
    if (inside == 0 && !here) stop = 1;
    if (!stop) words = words + 2;
    inside = inside == 0 ? ap_uint<2>(0) : ap_uint<2>(inside - 1);
    if (here) {
      routed = routed || next == 43;
      if (!fits[unit]) {
        cut = stop = 1;
      } else if (more > 2 - unit) {
        beyond = stop = 1;
      }
      inside = more;
      next = after;
      next_at = unit + 1;
    }
  }
  const ap_uint<1> one_more = !stop && (next == 43 || (next == 60 && !(outbound && routed)));
  if (one_more) beyond = 1;

  const ap_uint<4> least = 5;
  h.words = h.v6 ? words : ap_uint<5>(ihl);
  h.protocol = h.v6 ? next : byte_at<9>(beat);
  h.next_at = next_at;
  const ap_uint<7> header_bytes = cat(h.words, ap_uint<2>(0));
  h.status = abi::kOk;
  if (len < abi::kIpv4HeaderBytes || (h.v6 && len < abi::kIpv6HeaderBytes)) {
    h.status = abi::kDropShort;
  } else if (!h.v6 && (version != 4 || ihl < least)) {
    h.status = abi::kDropVersion;
  } else if (h.v6 ? ap_uint<1>(v6_total != len) : ap_uint<1>(total != len)) {
    h.status = abi::kDropLength;
  } else if (h.v6 ? ap_uint<1>(cut || (!beyond && len < header_bytes)) : ap_uint<1>(len < header_bytes)) {
    h.status = abi::kDropShort;
  }
  h.reach = abi::kOk;
  if (h.v6 && beyond) {
    h.reach = abi::kDropIpOptions;
  } else if (h.v6 ? ap_uint<1>(next == 44) : ap_uint<1>(fragment != 0)) {
    h.reach = abi::kDropFragment;
  }
  return h;
}

// Traffic class or TOS.
inline ap_uint<8> tos_of(const ap_uint<512>& beat, const ap_uint<1>& v6) {
  const ap_uint<8> traffic_class = cat(ap_uint<4>(byte_at<0>(beat).range(3, 0)), ap_uint<4>(byte_at<1>(beat).range(7, 4)));
  return v6 ? traffic_class : byte_at<1>(beat);
}

// A header without options or extension headers as AH authenticates it: what may change on the way is 0 (RFC 4302
// 3.3.3.1.1.1, 3.3.3.1.2.1).
inline ap_uint<320> muted(const ap_uint<512>& head, const ap_uint<1>& v6) {
  ap_uint<320> h = head;
  if (v6) {
    h.range(3, 0) = 0;      // traffic class, flow label
    h.range(31, 8) = 0;
    h.range(63, 56) = 0;    // hop limit
  } else {
    h.range(319, 160) = 0;
    h.range(15, 8) = 0;     // TOS
    h.range(63, 48) = 0;    // flags, fragment offset
    h.range(71, 64) = 0;    // TTL
    h.range(95, 80) = 0;    // checksum
  }
  return h;
}

// The one's complement sum of a checksum's terms, folded and complemented (RFC 1071).
inline ap_uint<16> checksum_of(const ap_uint<20>& sum) {
  const ap_uint<17> fold = ap_uint<16>(sum.range(15, 0)) + ap_uint<4>(sum.range(19, 16));
  const ap_uint<16> folded = ap_uint<16>(fold.range(15, 0)) + ap_uint<1>(fold[16]);
  return ~folded;
}

// A header of 20 bytes (memory order) with its checksum; the field is 0 as given.
inline ap_uint<160> with_checksum(const ap_uint<160>& head) {
  ap_uint<20> sum = 0;
  for (int i = 0; i < 10; ++i) {
#pragma HLS UNROLL
    const ap_uint<16> word = head.range(16 * i + 15, 16 * i);  // the sum is the same in either byte order
    sum = sum + word;
  }
  ap_uint<160> h = head;
  h.range(95, 80) = checksum_of(sum);
  return h;
}

// The header that stays in front (transport mode) with another length of the packet and another protocol. The checksum is
// brought along and not made anew: if it was wrong it stays wrong (RFC 1624, equation 3).
inline ap_uint<512> change(const ap_uint<512>& head, const ap_uint<1>& v6, const ap_uint<2>& next_at,
                           const ap_uint<14>& total, const ap_uint<8>& protocol) {
  ap_uint<512> h = head;
  const ap_uint<16> payload = ap_uint<16>(total) - abi::kIpv6HeaderBytes;
  const ap_uint<8> old_protocol = byte_at<9>(head);
  const ap_uint<16> old_sum = be_at<10, 16>(head), old_total = be_at<2, 16>(head);
  const ap_uint<20> sum = ap_uint<20>(ap_uint<16>(~old_sum)) + ap_uint<16>(~old_total) + ap_uint<16>(total) +
                          ap_uint<16>(0xff00 | ap_uint<8>(~old_protocol)) + protocol;
  if (v6) {
    h.range(47, 32) = swap_bytes<16>(payload);
    if (next_at == 0) h.range(55, 48) = protocol;
    if (next_at == 1) h.range(327, 320) = protocol;
    if (next_at == 2) h.range(391, 384) = protocol;
    if (next_at == 3) h.range(455, 448) = protocol;
  } else {
    h.range(31, 16) = swap_bytes<16>(ap_uint<16>(total));
    h.range(79, 72) = protocol;
    h.range(95, 80) = swap_bytes<16>(checksum_of(sum));
  }
  return h;
}

// A packet's first beat with another TOS or traffic class; the checksum as above.
inline ap_uint<512> change_tos(const ap_uint<512>& beat, const ap_uint<1>& v6, const ap_uint<8>& tos) {
  ap_uint<512> b = beat;
  const ap_uint<16> old_sum = be_at<10, 16>(beat);
  const ap_uint<8> old_tos = byte_at<1>(beat);
  const ap_uint<20> sum = ap_uint<20>(ap_uint<16>(~old_sum)) + ap_uint<16>(0xff00 | ap_uint<8>(~old_tos)) + tos;
  if (v6) {
    b.range(3, 0) = tos.range(7, 4);
    b.range(15, 12) = tos.range(3, 0);
  } else {
    b.range(15, 8) = tos;
    b.range(95, 80) = swap_bytes<16>(checksum_of(sum));
  }
  return b;
}

}  // namespace ip
}  // namespace xesp
#endif
