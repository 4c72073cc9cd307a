// SPDX-License-Identifier: Apache-2.0
//
// The IPv4 header (RFC 791) as the kernels see it: in the first 20 bytes of a packet's first beat.
#ifndef XESP_KERNELS_IPV4_H
#define XESP_KERNELS_IPV4_H

#include "bits.h"
#include "xesp_abi.h"

namespace xesp {
namespace ipv4 {

using hls_util::be_at;
using hls_util::byte_at;
using hls_util::swap_bytes;

// Checks that both directions share, in the order of the drop reasons. len: bytes of the packet as the host gave them.
inline ap_uint<8> check(const ap_uint<512>& beat, const ap_uint<14>& len) {
  const ap_uint<4> version = byte_at<0>(beat).range(7, 4);
  const ap_uint<4> ihl = byte_at<0>(beat).range(3, 0);
  const ap_uint<16> total = be_at<2, 16>(beat);
  const ap_uint<14> frag = be_at<6, 16>(beat).range(13, 0);  // MF and the offset; DF is bit 14
  ap_uint<8> status = abi::kOk;
  if (len < abi::kIpv4HeaderBytes) {
    status = abi::kDropShort;
  } else if (version != 4 || ihl < 5) {
    status = abi::kDropVersion;
  } else if (ihl != 5) {
    status = abi::kDropIpOptions;
  } else if (frag != 0) {
    status = abi::kDropFragment;
  } else if (total != len) {
    status = abi::kDropLength;
  }
  return status;
}

// The header (20 bytes, memory order) with another total length and protocol and a new checksum (RFC 1071).
inline ap_uint<160> rebuild(const ap_uint<160>& head, const ap_uint<16>& total, const ap_uint<8>& protocol) {
  ap_uint<160> h = head;
  h.range(31, 16) = swap_bytes<16>(total);
  h.range(79, 72) = protocol;
  h.range(95, 80) = 0;
  ap_uint<20> sum = 0;
  for (int i = 0; i < 10; ++i) {
#pragma HLS UNROLL
    const ap_uint<16> word = h.range(16 * i + 15, 16 * i);  // the sum is the same in either byte order
    sum = sum + word;
  }
  ap_uint<17> fold = ap_uint<16>(sum.range(15, 0)) + ap_uint<4>(sum.range(19, 16));
  ap_uint<16> folded = ap_uint<16>(fold.range(15, 0)) + ap_uint<1>(fold[16]);
  h.range(95, 80) = ~folded;
  return h;
}

// The header with another TOS, its checksum brought along and not made anew: if it was wrong it stays wrong (RFC 1624,
// equation 3).
inline ap_uint<160> change_tos(const ap_uint<160>& head, const ap_uint<8>& tos) {
  ap_uint<160> h = head;
  h.range(15, 8) = tos;
  const ap_uint<16> checksum = be_at<10, 16>(head);
  ap_uint<8> old = byte_at<1>(head);
  ap_uint<18> sum = ap_uint<16>(~checksum) + ap_uint<16>(0xff00 | ap_uint<8>(~old)) + tos;
  const ap_uint<17> fold = ap_uint<16>(sum.range(15, 0)) + ap_uint<2>(sum.range(17, 16));
  const ap_uint<16> folded = ap_uint<16>(fold.range(15, 0)) + ap_uint<1>(fold[16]);
  h.range(95, 80) = swap_bytes<16>(ap_uint<16>(~folded));
  return h;
}

}  // namespace ipv4
}  // namespace xesp
#endif
