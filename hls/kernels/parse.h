// SPDX-License-Identifier: Apache-2.0
//
// What out_parse and in_parse share: pair a descriptor with its beats, give one request a packet (or one a command
// beat), pass packet beats on. The shell sends no beats for in_len 0 or above kMaxPacketBytes (hw/rtl/shell).
#ifndef XESP_KERNELS_PARSE_H
#define XESP_KERNELS_PARSE_H

#include <hls_stream.h>

#include "ipv4.h"
#include "streams.h"

namespace xesp {
namespace parse {

struct Descriptor {
  ap_uint<8> op;
  ap_uint<16> sa_index;
  ap_uint<16> sa_gen;
  ap_uint<14> in_len;
  ap_uint<14> out_cap;
  ap_uint<1> has_data;
  ap_uint<1> bad;         // in_len beyond the limit
  ap_uint<1> final;
};

inline Descriptor decode(const ap_uint<512>& d) {
  using hls_util::field;
  const ap_uint<32> in_len = field<64, 32>(d);
  const ap_uint<32> cap = field<96, 32>(d);
  Descriptor r;
  r.op = field<0, 8>(d);
  r.sa_index = field<16, 16>(d);
  r.sa_gen = field<32, 16>(d);
  r.bad = in_len > abi::kMaxPacketBytes;
  r.final = d[8];         // kDescFinal
  r.has_data = in_len != 0 && in_len <= abi::kMaxPacketBytes;
  r.in_len = in_len;
  r.out_cap = cap;
  const ap_uint<18> cap_high = cap.range(31, 14);
  if (cap_high != 0) r.out_cap = 0x3fff;
  return r;
}

// Bytes of input that a command of this direction must bring; 0x3fff: not a command here.
template <bool INBOUND>
inline ap_uint<14> command_bytes(const ap_uint<8>& op) {
  ap_uint<14> n = 0x3fff;
  if (op == abi::kOpSaInstall) n = sizeof(abi::SaEntry);
  if (op == abi::kOpSaDelete || op == abi::kOpSaRead) n = 0;
  if (INBOUND && op == abi::kOpLookupWrite) n = sizeof(abi::LookupSlot);
  if (!INBOUND && op == abi::kOpSaExtend) n = abi::kBeatBytes;
  return n;
}

// Packet checks that only one direction has.
template <bool INBOUND>
inline ap_uint<8> packet_status(const ap_uint<512>& beat, const ap_uint<14>& len) {
  ap_uint<8> status = ipv4::check(beat, len);
  if (INBOUND && status == abi::kOk) {
    const ap_uint<14> min_len = abi::kIpv4HeaderBytes + abi::kEspHeaderBytes + abi::kMinIcvBytes;  // in_sa knows more
    if (hls_util::byte_at<9>(beat) != 50) {
      status = abi::kDropNotEsp;
    } else if (len < min_len) {
      status = abi::kDropShort;
    } else if (len == min_len || ap_uint<2>(len.range(1, 0)) != 0) {
      status = abi::kDropAlign;  // RFC 4303 2.4: ciphertext ends on a 4-byte boundary (headers and ICV are whole words)
    }
  }
  return status;
}

template <bool INBOUND>
inline void step(hls::stream<ap_uint<streams::kDescBits> >& desc, hls::stream<ap_uint<streams::kPktBits> >& pkt,
                 hls::stream<ap_uint<streams::kReqBits> >& req, hls::stream<ap_uint<streams::kRawBits> >& raw) {
#pragma HLS INLINE
  static ap_uint<1> first = 1;
  static ap_uint<2> part = 0;
  static ap_uint<512> held_desc = 0;

  ap_uint<512> word = held_desc;
  ap_uint<1> has_data = 1;  // a descriptor that asks for a further beat has one
  if (first) {
    word = desc.read();
    has_data = decode(word).has_data;
  }
  const Descriptor d = decode(word);

  ap_uint<streams::kPktBits> beat_bits = 0;
  if (has_data) beat_bits = pkt.read();
  const streams::Beat beat = hls_util::unpack<streams::Beat>(beat_bits);
  const ap_uint<1> end = !has_data || beat.last;

  const ap_uint<1> is_packet = d.op == abi::kOpPacket;
  const ap_uint<14> want = command_bytes<INBOUND>(d.op);
  const ap_uint<1> nop = d.op == abi::kOpNop;  // takes any length
  const ap_uint<1> good_command = !is_packet && !d.bad && (want == d.in_len || nop);

  streams::Req r;
  r.data = beat.data;
  r.op = d.op;
  r.sa_index = d.sa_index;
  r.sa_gen = d.sa_gen;
  r.in_len = d.in_len;
  if (!has_data) r.in_len = 0;
  r.out_cap = d.out_cap;
  r.part = part;
  r.last = is_packet || !good_command || end;
  r.status = abi::kOk;
  if (is_packet) {
    if (d.bad) {
      r.status = abi::kDropBadDescriptor;
    } else {
      r.status = packet_status<INBOUND>(beat.data, d.in_len);
    }
  } else if (!good_command) {
    r.status = want == 0x3fff ? abi::kDropBadDescriptor : abi::kDropSaInvalid;
  }
  r.packet = is_packet;
  r.ok = r.status == abi::kOk;
  r.final = d.final;
  // A packet and a command of the wrong shape ask once; a good command hands over each of its beats.
  if (first || good_command) req.write(hls_util::pack<streams::kReqBits>(r));
  if (is_packet && has_data) raw.write(beat_bits);

  part = end ? ap_uint<2>(0) : ap_uint<2>(part + 1);
  held_desc = word;
  first = end;
}

}  // namespace parse
}  // namespace xesp
#endif
