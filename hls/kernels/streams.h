// SPDX-License-Identifier: Apache-2.0
//
// What travels between the kernels. Each stream carries one ap_uint of k<Stream>Bits (a multiple of 8); its fields are
// packed from bit 0 up in the order of visit(). The widths here also size the shell's FIFOs (hw/abigen prints them).
//
// Rule of the card: every descriptor makes exactly one word in each per-packet stream and at least one beat in each
// beat stream. A command or a dropped packet travels as one `dummy` beat without data. So all kernels keep step, in
// order, whatever is dropped where, and what the card does never depends on timing.
#ifndef XESP_KERNELS_STREAMS_H
#define XESP_KERNELS_STREAMS_H

// Widths first, usable without ap_int.h.
namespace xesp {
namespace streams {
constexpr int kDescBits = 512;     // shell -> *_parse: a descriptor (xesp_abi.h)
constexpr int kPktBits = 520;      // shell -> *_parse: 512 data, 1 last
constexpr int kRawBits = 520;      // *_parse -> out_encap, in_strip: the same, packets only
constexpr int kReqBits = 752;      // *_parse -> *_sa
constexpr int kReqBelowLastBits = 718;  // of them below Req::last, which hw/rtl/path merges lanes by
constexpr int kTailBits = 128;     // in_parse -> in_strip: Desc::tail, or zeros
constexpr int kEncBits = 48;       // out_sa -> out_encap
constexpr int kStripBits = 160;    // in_sa -> in_strip
constexpr int kKeyBits = 360;      // *_sa -> gcm_ctr
constexpr int kHpBits = 1288;      // *_sa -> gcm_ghash
constexpr int kHdrBits = 960;      // out_sa -> out_build
constexpr int kRelBits = 976;      // in_sa -> in_replay
constexpr int kPtBits = 528;       // out_encap, in_strip -> gcm_ctr
constexpr int kCtBits = 528;       // gcm_ctr -> out_build, in_check
constexpr int kGhBits = 528;       // gcm_ctr -> gcm_ghash
constexpr int kEkBits = 128;       // gcm_ctr -> gcm_ghash: E(K, Y0)
constexpr int kTagBits = 128;      // gcm_ghash -> out_build, in_check
constexpr int kIcvBits = 136;      // in_strip -> in_check
constexpr int kHeldBits = 520;     // in_check -> in_release: 512 data, 1 last
constexpr int kChkBits = 72;       // in_check -> in_replay
constexpr int kTopBits = 120;      // in_replay -> in_sa
constexpr int kVerdictBits = 784;  // in_replay -> in_release
constexpr int kOutBits = 520;      // out_build, in_release -> shell: 512 data, 1 last
constexpr int kCplBits = 512;      // out_build, in_release -> shell: a completion without its cookie

// Of a stream whose words travel in pairs (pair.h).
constexpr int pair_bits(int bits) { return 2 * bits + 8; }
}  // namespace streams
}  // namespace xesp

#ifndef XESP_STREAM_WIDTHS_ONLY
#include "bits.h"
#include "lifetime.h"
#include "replay_window.h"

namespace xesp {
namespace streams {

// Packet beat between shell and kernels, and of `raw` and `held`.
struct Beat {
  ap_uint<512> data;
  ap_uint<1> last;
  template <class V> void visit(V& v) { v(data); v(last); }
};

// One word a packet; a command with input gives one word a beat, `last` on the final one.
struct Req {
  ap_uint<512> data;      // the packet's first beat, or the command's beat
  ap_uint<128> esp;       // inbound: ESP's SPI, sequence number, and IV if it has one; of AH what is in the second beat
  ap_uint<8> op;          // abi::Op
  ap_uint<16> sa_index;
  ap_uint<16> sa_gen;
  ap_uint<14> in_len;     // bytes, 0 .. kMaxPacketBytes
  ap_uint<14> out_cap;    // bytes, clipped to 16383
  ap_uint<8> status;      // DropReason so far
  ap_uint<2> part;        // beat of the command
  ap_uint<1> last;
  ap_uint<1> packet;      // op is kOpPacket
  ap_uint<1> ok;          // status is kOk
  ap_uint<1> final;       // nothing follows this descriptor in its run
  ap_uint<8> reach;       // outbound: kOk, or why the packet can't go in transport mode (ip::Header)
  ap_uint<1> v6;
  ap_uint<1> udp;         // inbound: ESP in UDP
  ap_uint<5> ip_words;    // of the IP header with its options or extension headers
  ap_uint<8> protocol;    // what follows it
  ap_uint<2> next_at;     // ip::Header
  ap_uint<1> make_dummy;  // kDescDummy
  template <class V> void visit(V& v) {
    v(data); v(esp); v(op); v(sa_index); v(sa_gen); v(in_len); v(out_cap); v(status); v(part); v(last); v(packet); v(ok);
    v(final); v(reach); v(v6); v(udp); v(ip_words); v(protocol); v(next_at); v(make_dummy);
  }
};

// The length of a packet's text as a kernel counts it that takes a beat a call. ESP's is a multiple of 4 bytes; AH's may
// be any, and where it is nothing there is a beat without bytes.
struct TextBeats {
  ap_uint<8> beats;       // of 64 bytes, the last one may be shorter
  ap_uint<1> one;         // there is one
  ap_uint<5> last_words;  // 32-bit words in the last beat, 1 .. 16; 0 without text
  ap_uint<2> lacks;       // bytes that the last word has not
  ap_uint<7> last_bytes() const { return hls_util::cat(last_words, ap_uint<2>(0)) - lacks; }
  template <class V> void visit(V& v) { v(beats); v(one); v(last_words); v(lacks); }
};

inline TextBeats text_beats(const ap_uint<14>& bytes) {
  const ap_uint<1> none = bytes == 0;
  const ap_uint<14> up = bytes + 3;
  const ap_uint<12> words = up.range(13, 2);
  const ap_uint<12> before = words - 1;
  TextBeats t;
  t.beats = none ? ap_uint<8>(1) : ap_uint<8>(ap_uint<8>(before.range(11, 4)) + 1);
  t.one = none || before.range(11, 4) == 0;
  t.last_words = none ? ap_uint<5>(0) : ap_uint<5>(ap_uint<5>(before.range(3, 0)) + 1);
  t.lacks = ap_uint<2>(0) - ap_uint<2>(bytes.range(1, 0));
  return t;
}

struct Enc {
  ap_uint<1> beats;       // the packet has beats in `raw`
  ap_uint<1> dummy;
  ap_uint<1> transport;
  ap_uint<5> from;        // transport: the word of the packet's first beat at which its text begins, 5 .. 16; else 16
  ap_uint<7> rest;        // bytes of the packet in its last beat, 1 .. 64
  TextBeats text;         // what to encrypt, with the trailer
  ap_uint<2> pad;         // 0 .. 3
  ap_uint<8> next_header;
  ap_uint<1> final;       // no word follows in this run
  ap_uint<1> plain;       // AES-GMAC
  ap_uint<1> bare;        // AH: without a trailer
  template <class V> void visit(V& v) {
    v(beats); v(dummy); v(transport); v(from); v(rest); text.visit(v); v(pad); v(next_header); v(final); v(plain);
    v(bare);
  }
};

struct Strip {
  ap_uint<1> beats;       // the packet has beats in `raw`
  ap_uint<1> dummy;
  ap_uint<1> far;         // the ciphertext begins behind the first 16 words ...
  ap_uint<5> head;        // ... and this many, 1 .. 16
  TextBeats text;         // ciphertext
  ap_uint<2> icv_cut;     // SaEntry::icv_cut
  ap_uint<1> final;       // no word follows in this run
  ap_uint<1> plain;       // AES-GMAC
  ap_uint<1> ah;          // the ICV stood in front of the text, and is ...
  ap_uint<128> received;  // ... this
  template <class V> void visit(V& v) {
    v(beats); v(dummy); v(far); v(head); text.visit(v); v(icv_cut); v(final); v(plain); v(ah); v(received);
  }
};

struct Icv {
  ap_uint<128> received;  // the first 4 * (4 - cut) bytes count
  ap_uint<2> cut;
  template <class V> void visit(V& v) { v(received); v(cut); }
};

struct Key {
  ap_uint<256> key;       // byte 0 of the key in bits 7:0, a shorter one from there
  ap_uint<96> nonce;      // salt || IV, byte order as the key (RFC 4106 4)
  ap_uint<2> key_cut;     // SaEntry::key_cut
  template <class V> void visit(V& v) { v(key); v(nonce); v(key_cut); }
};

// Lengths of Hashed::front, in words.
enum FrontWords {
  kFrontEsn = 1,    // the IV's second half (ESP with AES-GMAC and extended numbers)
  kFrontAhV4 = 10,  // IP and AH, less the block
  kFrontAhV6 = 16,
};

// What GHASH is fed beside the beats of text (aad.h): a block, `front`, the text, `tail`. There is a front or a tail only
// where all of the text is plain.
struct Hashed {
  ap_uint<128> block;      // zero padded
  ap_uint<288> front;      // its first nine words ...
  ap_uint<32> front_last;  // ... and the 16th; those between are 0
  ap_uint<5> front_words;  // 0 or one of FrontWords
  ap_uint<32> tail;
  ap_uint<1> has_tail;
  ap_uint<2> flushes;      // beats that front and tail add behind those of the text, 0 .. 2
  ap_uint<14> aad_len;     // bytes, of all that is plain
  ap_uint<14> ct_len;      // bytes
  template <class V> void visit(V& v) {
    v(block); v(front); v(front_last); v(front_words); v(tail); v(has_tail); v(flushes); v(aad_len); v(ct_len);
  }
};

struct HashParams {
  ap_uint<768> h;         // H^1 .. H^6, H^1 in bits 127:0, each in GCM byte order
  Hashed hashed;
  template <class V> void visit(V& v) { v(h); hashed.visit(v); }
};

struct Hdr {
  ap_uint<704> head;      // all that stands before the ciphertext
  ap_uint<1> alone;       // it is more than a beat: the first 16 words go alone
  ap_uint<5> words;       // of it that stand in a beat with ciphertext: 32-bit words, 1 .. 16
  ap_uint<2> flushes;     // beats that follow the one with the last ciphertext's first bytes, 0 .. 2
  ap_uint<1> tail;        // and behind them four words or less, in the completion
  ap_uint<14> out_len;    // 0 when dropped
  ap_uint<8> status;
  ap_uint<8> op;
  ap_uint<16> sa_index;
  ap_uint<64> seq;
  ap_uint<64> packets;    // of kOpSaRead
  ap_uint<64> bytes;
  ap_uint<2> icv_cut;     // SaEntry::icv_cut
  ap_uint<2> events;      // CplEvents
  ap_uint<1> ah;          // the ICV goes into `head` ...
  ap_uint<1> v6;          // ... where it is by the family
  template <class V> void visit(V& v) {
    v(head); v(alone); v(words); v(flushes); v(tail); v(out_len); v(status); v(op); v(sa_index); v(seq); v(packets);
    v(bytes); v(icv_cut); v(events); v(ah); v(v6);
  }
};

struct Rel {
  ap_uint<8> status;
  ap_uint<8> op;
  ap_uint<16> sa_index;
  ap_uint<1> transport;
  ap_uint<1> replay_off;
  ap_uint<1> esn;         // kSaEsn
  ap_uint<64> seq;        // the high half is a guess (esn.h); of kOpSaInstall what the host says
  ap_uint<14> ct_len;
  ap_uint<14> out_cap;
  ap_uint<512> head;      // the packet's first beat
  ap_uint<5> ip_words;    // of its header
  ap_uint<1> v6;
  ap_uint<2> next_at;     // ip::Header
  ap_uint<1> packet;      // op is kOpPacket, and the status is kOk
  ap_uint<1> install;     // op is kOpSaInstall, and the status is kOk
  ap_uint<1> copy_dscp;   // kSaCopyDscp
  ap_uint<1> no_ecn;      // kSaNoEcn
  ap_uint<1> ah;
  replay_window::Rule rule;  // kOpSaInstall
  lifetime::Limits limits;
  template <class V> void visit(V& v) {
    v(status); v(op); v(sa_index); v(transport); v(replay_off); v(esn); v(seq); v(ct_len); v(out_cap); v(head);
    v(ip_words); v(v6); v(next_at); v(packet); v(install); v(copy_dscp); v(no_ecn); v(ah);
    rule.visit(v); limits.visit(v);
  }
};

// Where an SA's window begins after a packet (esn.h).
struct Top {
  ap_uint<1> valid;       // it was moved
  ap_uint<abi::kSaIndexBits> sa_index;
  ap_uint<32> epoch;      // SaEntry::window_epoch: an SA that came since is another
  ap_uint<64> edge;
  template <class V> void visit(V& v) { v(valid); v(sa_index); v(epoch); v(edge); }
};

// A beat of payload: text before or after AES-CTR, or GHASH's input. Beats that are plain come before the others, whole
// blocks but for the packet's last one. All beats but the last are full: a message whose AAD ends within one begins
// with blocks of zeros (they are nothing to GHASH), and one without any block is a block of zeros, plain.
struct Text {
  ap_uint<512> data;
  ap_uint<7> bytes;       // valid bytes, 1 .. 64 (0 in a dummy); the others are zero
  ap_uint<1> last;
  ap_uint<1> first;
  ap_uint<1> dummy;
  ap_uint<1> decrypt;
  ap_uint<1> plain;       // authenticated, not encrypted
  template <class V> void visit(V& v) { v(data); v(bytes); v(last); v(first); v(dummy); v(decrypt); v(plain); }
};

struct Chk {
  ap_uint<1> icv_ok;
  ap_uint<1> pad_ok;
  ap_uint<1> held;        // the packet has beats in `held`
  ap_uint<8> pad_len;
  ap_uint<8> next_header;
  ap_uint<48> inner;      // first bytes of the recovered payload
  template <class V> void visit(V& v) { v(icv_ok); v(pad_ok); v(held); v(pad_len); v(next_header); v(inner); }
};

struct Verdict {
  ap_uint<8> status;
  ap_uint<8> op;
  ap_uint<16> sa_index;
  ap_uint<1> held;
  ap_uint<5> words;       // transport: of the IP header, 5 .. 16; else 0
  ap_uint<14> out_len;    // 0 when dropped
  ap_uint<64> seq;
  ap_uint<64> packets;    // of kOpSaRead
  ap_uint<64> bytes;
  ap_uint<512> head;      // the packet's first beat
  ap_uint<2> next_at;     // ip::Header
  ap_uint<8> protocol;    // transport: of the recovered packet
  ap_uint<1> v6;          // of the recovered packet
  ap_uint<8> tos;         // tunnel: of the inner header, where it changes
  ap_uint<1> new_tos;
  ap_uint<2> events;      // CplEvents
  template <class V> void visit(V& v) {
    v(status); v(op); v(sa_index); v(held); v(words); v(out_len); v(seq); v(packets); v(bytes); v(head); v(next_at);
    v(protocol); v(v6); v(tos); v(new_tos); v(events);
  }
};

}  // namespace streams
}  // namespace xesp
#endif
#endif
