// SPDX-License-Identifier: Apache-2.0
//
// What is authenticated beside the text. ESP: SPI and sequence number, all 64 bits of it with extended numbers (AES-GCM,
// RFC 4106 5); with AES-GMAC the IV too, and then the text itself is AAD (RFC 4543 3.3). AH: the IP header without what
// may change on the way, AH with IV and ICV as zeros, the text, and the high half of an extended number (RFC 4302 3.3.3).
#ifndef XESP_KERNELS_AAD_H
#define XESP_KERNELS_AAD_H

#include "ah.h"
#include "streams.h"

namespace xesp {
namespace aad {

using hls_util::cat;

static const int kBlockWords = 4;  // of the IP header, in Hashed::block

static_assert(streams::kFrontAhV4 == ip::kV4Words - kBlockWords + ah::kV4Words, "");
static_assert(streams::kFrontAhV6 == ip::kV6Words - kBlockWords + ah::kV6Words, "");

inline streams::Hashed none() {
  streams::Hashed h;
  h.block = h.front = h.front_last = h.front_words = h.tail = h.has_tail = h.flushes = h.aad_len = h.ct_len = 0;
  return h;
}

// Beats behind the last one that the text itself has.
inline ap_uint<2> flushes(const ap_uint<5>& front_words, const ap_uint<14>& text_len, const ap_uint<1>& tail) {
  const ap_uint<6> end = ap_uint<6>(front_words) + streams::text_beats(text_len).last_words + tail;
  return end > 32 ? ap_uint<2>(2) : ap_uint<2>(end > 16);
}

// `spi` and `iv` as on the wire.
inline streams::Hashed of_esp(const ap_uint<32>& spi, const ap_uint<64>& number, const ap_uint<64>& iv,
                              const ap_uint<14>& text_len, const ap_uint<1>& gmac, const ap_uint<1>& esn) {
  const ap_uint<32> low = hls_util::swap_bytes<32>(ap_uint<32>(number.range(31, 0)));
  const ap_uint<32> high = hls_util::swap_bytes<32>(ap_uint<32>(number.range(63, 32)));
  const ap_uint<64> used_iv = gmac ? iv : ap_uint<64>(0);
  streams::Hashed h = none();
  h.block = esn ? cat(ap_uint<32>(used_iv.range(31, 0)), low, high, spi) : cat(used_iv, low, spi);
  // With AES-GMAC and extended numbers it is 20 bytes.
  h.front = ap_uint<32>(iv.range(63, 32));
  h.front_words = gmac && esn ? streams::kFrontEsn : 0;
  h.flushes = flushes(h.front_words, text_len, 0);
  // The header is whole words: its length in bits 4..2, whether the text is added or not.
  const ap_uint<14> header = cat(gmac, ap_uint<1>(!gmac), esn, ap_uint<2>(0));
  h.aad_len = header;
  h.ct_len = text_len;
  if (gmac) {
    h.aad_len = text_len + header;
    h.ct_len = 0;
  }
  return h;
}

// `ip_head`: the IP header in front, as on the wire. `first`: AH's first three words. `padding`: its last, over IPv6.
inline streams::Hashed of_ah(const ap_uint<512>& ip_head, const ap_uint<1>& v6, const ap_uint<96>& first,
                             const ap_uint<32>& padding, const ap_uint<32>& number_high, const ap_uint<14>& text_len,
                             const ap_uint<1>& esn) {
  const ap_uint<320> head = ip::muted(ip_head, v6);
  const ap_uint<192> rest = head.range(319, 128);
  streams::Hashed h = none();
  h.block = head.range(127, 0);
  h.front = v6 ? cat(first, rest) : ap_uint<288>(cat(first, ap_uint<32>(rest.range(31, 0))));
  h.front_last = v6 ? padding : ap_uint<32>(0);
  h.front_words = v6 ? streams::kFrontAhV6 : streams::kFrontAhV4;
  h.tail = hls_util::swap_bytes<32>(number_high);
  h.has_tail = esn;
  h.flushes = flushes(h.front_words, text_len, esn);
  const ap_uint<7> before = v6 ? 4 * (ip::kV6Words + ah::kV6Words) : 4 * (ip::kV4Words + ah::kV4Words);
  h.aad_len = ap_uint<14>(text_len + before) + cat(esn, ap_uint<2>(0));
  return h;
}

// Of a packet; nothing where it is not `sent`.
inline streams::Hashed either(const ap_uint<1>& is_ah, const streams::Hashed& of_ah_packet,
                              const streams::Hashed& of_esp_packet, const ap_uint<1>& sent) {
  streams::Hashed h = is_ah ? of_ah_packet : of_esp_packet;
  if (!sent) h.front_words = 0;
  h.has_tail = sent && h.has_tail;
  if (!sent) h.flushes = 0;
  return h;
}

}  // namespace aad
}  // namespace xesp
#endif
