// SPDX-License-Identifier: Apache-2.0
//
// What out_parse and in_parse share: pair a descriptor with its beats, give one request a packet (or one a command
// beat), pass packet beats on. The shell sends no beats for in_len 0 or above kMaxPacketBytes (hw/rtl/shell).
#ifndef XESP_KERNELS_PARSE_H
#define XESP_KERNELS_PARSE_H

#include <hls_stream.h>

#include "ah.h"
#include "ip.h"
#include "streams.h"

namespace xesp {
namespace parse {

using hls_util::cat;

struct Descriptor {
  ap_uint<8> op;
  ap_uint<16> sa_index;
  ap_uint<16> sa_gen;
  ap_uint<14> in_len;
  ap_uint<14> out_cap;
  ap_uint<1> has_data;
  ap_uint<1> bad;         // in_len beyond the limit
  ap_uint<1> final;
  ap_uint<1> dummy;
  ap_uint<streams::kTailBits> tail;  // of a packet that has its end here, else zeros
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
  r.dummy = d[9];         // kDescDummy
  const ap_uint<1> packet = r.op == abi::kOpPacket;
  const ap_uint<1> tailed = d[10];  // kDescTail; the shell has checked that the length is one for it
  r.tail = 0;
  if (packet && tailed) r.tail = field<384, streams::kTailBits>(d);
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

// SPI, sequence number and IV, in one beat or across two.
inline ap_uint<128> esp_at(const ap_uint<512>& first, const ap_uint<512>& second, const ap_uint<5>& words) {
  const ap_uint<512> from = hls_util::window_at(words[4] ? second : first, second, ap_uint<4>(words.range(3, 0)));
  return from.range(127, 0);
}

// What the inbound side asks of a packet before its SA is known. `words`: what stands before ESP or AH.
inline ap_uint<8> inbound_status(const ip::Header& h, const ap_uint<1>& udp, const ap_uint<16>& udp_len,
                                 const ap_uint<14>& len, const ap_uint<5>& words, const ap_uint<32>& spi,
                                 const ap_uint<8>& ah_length) {
  const ap_uint<14> before = cat(words, ap_uint<2>(0));
  const ap_uint<14> ip_bytes = cat(h.words, ap_uint<2>(0));
  const ap_uint<14> with_ah = h.v6 ? 4 * (ip::kV6Words + ah::kV6Words) : 4 * (ip::kV4Words + ah::kV4Words);
  ap_uint<8> status = h.status;
  if (h.status == abi::kOk) {
    if (h.reach != abi::kOk) {
      status = h.reach;
    } else if (h.protocol == ip::kAh) {
      if (!ah::plain_ip(h.v6, h.words)) {
        status = abi::kDropIpOptions;
      } else if (len < with_ah) {
        status = abi::kDropShort;
      } else if (ah_length != ah::length_field(h.v6)) {
        status = abi::kDropLength;
      }
    } else if (h.protocol != ip::kEsp && !udp) {
      status = abi::kDropNotEsp;
    } else if (len < before + (8 + abi::kMinIcvBytes)) {  // SPI, number, the shortest ICV; in_sa knows more
      status = abi::kDropShort;
    } else if (udp && udp_len != len - ip_bytes) {
      status = abi::kDropLength;
    } else if (udp && spi == 0) {
      status = abi::kDropNotEsp;                          // RFC 3948 2.2: the non-ESP marker
    } else if (ap_uint<2>(len.range(1, 0)) != 0) {
      status = abi::kDropAlign;  // RFC 4303 2.4: ciphertext ends on a 4-byte boundary (headers and ICV are whole words)
    }
  }
  return status;
}

// The call begins a descriptor, which has this tail.
struct Begun {
  ap_uint<1> first;
  ap_uint<streams::kTailBits> tail;
};

template <bool INBOUND>
inline Begun step(hls::stream<ap_uint<streams::kDescBits> >& desc, hls::stream<ap_uint<streams::kPktBits> >& pkt,
                 hls::stream<ap_uint<streams::kReqBits> >& req, hls::stream<ap_uint<streams::kRawBits> >& raw) {
#pragma HLS INLINE
  static ap_uint<1> first = 1;
  static ap_uint<1> waiting = 0;       // the packet's request waits for its second beat
  static ap_uint<2> part = 0;
  static ap_uint<512> held_desc = 0;
  static ap_uint<512> held_beat = 0;   // the packet's first

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

  const ap_uint<512> head = first ? beat.data : held_beat;
  const ip::Header h = ip::read(head, d.in_len, !INBOUND);
  const ap_uint<1> udp = h.protocol == ip::kUdp;
  const ap_uint<5> words = h.words + (udp ? ap_uint<2>(2) : ap_uint<2>(0));
  ap_uint<8> status = h.status;
  ap_uint<1> wait = 0;
  ap_uint<128> esp = 0;
  if (INBOUND) {
    // Where ESP's header begins late it ends in the second beat, and the request waits for that one. So does AH over IPv6.
    const ap_uint<1> is_ah = h.protocol == ip::kAh;
    wait = (words > 12 || (is_ah && h.v6)) && !end;
    esp = is_ah ? ap_uint<128>(beat.data.range(127, 0)) : esp_at(head, beat.data, words);
    const ap_uint<8> ah_length = ah::front_of(head, h.v6).range(15, 8);
    const ap_uint<5> ports = h.words;
    const ap_uint<512> at_udp = hls_util::window_at(head, beat.data, ports);
    status = inbound_status(h, udp, hls_util::be_at<4, 16>(at_udp), d.in_len, words, ap_uint<32>(esp.range(31, 0)),
                            ah_length);
  }

  streams::Req r;
  r.data = is_packet ? head : beat.data;
  r.esp = esp;
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
    r.status = d.bad ? ap_uint<8>(abi::kDropBadDescriptor) : status;
  } else if (!good_command) {
    r.status = want == 0x3fff ? abi::kDropBadDescriptor : abi::kDropSaInvalid;
  }
  r.reach = h.reach;
  r.packet = is_packet;
  r.ok = r.status == abi::kOk;
  r.final = d.final;
  r.v6 = h.v6;
  r.udp = INBOUND && udp;
  r.ip_words = h.words;
  r.protocol = h.protocol;
  r.next_at = h.next_at;
  r.make_dummy = d.dummy;
  // A packet and a command of the wrong shape ask once; a good command hands over each of its beats.
  const ap_uint<1> ask = is_packet ? ap_uint<1>(first ? ap_uint<1>(!wait) : waiting) : ap_uint<1>(first || good_command);
  if (ask) req.write(hls_util::pack<streams::kReqBits>(r));
  if (is_packet && has_data) raw.write(beat_bits);

  Begun begun;
  begun.first = first;
  begun.tail = d.tail;

  waiting = first && wait;
  part = end ? ap_uint<2>(0) : ap_uint<2>(part + 1);
  held_desc = word;
  if (first) held_beat = beat.data;
  first = end;
  return begun;
}

}  // namespace parse
}  // namespace xesp
#endif
