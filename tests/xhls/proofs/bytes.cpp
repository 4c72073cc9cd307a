// SPDX-License-Identifier: Apache-2.0
//
// What hls/kernels does with bytes: bits.h and ip.h.
#include "bits.h"
#include "ip.h"
#include "proofs.h"

using namespace xesp;

static ap_uint<16> swap_bytes_16(ap_uint<16> v) {
#pragma HLS INLINE off
  return hls_util::swap_bytes<16>(v);
}

static ap_uint<64> swap_bytes_64(ap_uint<64> v) {
#pragma HLS INLINE off
  return hls_util::swap_bytes<64>(v);
}

static ap_uint<32> be_at_5(ap_uint<512> v) {
#pragma HLS INLINE off
  return hls_util::be_at<5, 32>(v);
}

static ap_uint<512> keep_bytes(ap_uint<512> v, ap_uint<7> n) {
#pragma HLS INLINE off
  return hls_util::keep_bytes(v, n);
}

static ap_uint<8> check_ipv4(ap_uint<512> beat, ap_uint<14> len) {
#pragma HLS INLINE off
  const ap_uint<4> version = hls_util::byte_at<0>(beat).range(7, 4);
  const ap_uint<4> ihl = hls_util::byte_at<0>(beat).range(3, 0);
  const ap_uint<14> fragment = hls_util::be_at<6, 16>(beat).range(13, 0);
  ap_uint<8> status = abi::kOk;
  if (len < abi::kIpv4HeaderBytes) {
    status = abi::kDropShort;
  } else if (version != 4 || ihl < 5) {
    status = abi::kDropVersion;
  } else if (ihl != 5) {
    status = abi::kDropIpOptions;
  } else if (fragment != 0) {
    status = abi::kDropFragment;
  } else if ((hls_util::be_at<2, 16>(beat)) != len) {
    status = abi::kDropLength;
  }
  return status;
}

// Another total length and protocol, and a new checksum.
static ap_uint<160> rebuilt(ap_uint<160> head, const ap_uint<16>& total, const ap_uint<8>& protocol) {
  head.range(31, 16) = hls_util::swap_bytes<16>(total);
  head.range(79, 72) = protocol;
  head.range(95, 80) = 0;
  return ip::with_checksum(head);
}

static ap_uint<160> rebuild_ipv4(ap_uint<160> head, ap_uint<16> total, ap_uint<8> protocol) {
#pragma HLS INLINE off
  return rebuilt(head, total, protocol);
}

// A header with few words that vary: what SAT can do when the reference adds in another order.
static ap_uint<160> rebuild_few(ap_uint<16> total, ap_uint<8> ttl, ap_uint<8> protocol, ap_uint<16> id) {
#pragma HLS INLINE off
  static const unsigned char bytes[20] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 0, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7};
  ap_uint<160> head = 0;
  for (int i = 0; i < 20; ++i) {
#pragma HLS UNROLL
    head.range(8 * i + 7, 8 * i) = bytes[i];
  }
  head.range(47, 32) = hls_util::swap_bytes<16>(id);
  head.range(71, 64) = ttl;
  return rebuilt(head, total, protocol);
}

void bytes(In& in, Out& out) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=in
#pragma HLS INTERFACE axis port=out
#pragma HLS PIPELINE II=1 style=flp
  const ap_uint<1024> x = in.read();
  const ap_uint<1024> y = x >> 600, z = x >> 700, w = x >> 800;
  ap_uint<512> r = 0;
  r ^= swap_bytes_16(x);
  r ^= swap_bytes_64(x);
  r ^= be_at_5(x);
  r ^= keep_bytes(x, y);
  r ^= check_ipv4(x, y);
  r ^= rebuild_ipv4(x, y, z);
  r ^= rebuild_few(x, y, z, w);
  out.write(r);
}
