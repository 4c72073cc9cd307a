// SPDX-License-Identifier: Apache-2.0
//
// AH (RFC 4302 2) with AES-GMAC (RFC 4543 4): next header, length, reserved; SPI; sequence number; IV; ICV; over IPv6 a
// word of padding (erratum 3643). The kernels take it behind an IP header without options or extension headers, so every
// field has its place.
#ifndef XESP_KERNELS_AH_H
#define XESP_KERNELS_AH_H

#include "ip.h"

namespace xesp {
namespace ah {

using hls_util::field;

static const int kV4Words = 9, kV6Words = 10;   // of the header
static const int kIcvWord = 5;                  // in it
static const int kFrontBits = 160;              // what is before the ICV: five words

inline ap_uint<4> words(const ap_uint<1>& v6) { return v6 ? kV6Words : kV4Words; }

// Payload length (RFC 4302 2.2): words, less two.
inline ap_uint<8> length_field(const ap_uint<1>& v6) { return v6 ? kV6Words - 2 : kV4Words - 2; }

// Whether the IP header is one that the kernels take.
inline ap_uint<1> plain_ip(const ap_uint<1>& v6, const ap_uint<5>& ip_words) {
  return v6 ? ap_uint<1>(ip_words == ip::kV6Words) : ap_uint<1>(ip_words == ip::kV4Words);
}

// The words before the ICV, in a packet's first beat.
inline ap_uint<kFrontBits> front_of(const ap_uint<512>& beat, const ap_uint<1>& v6) {
  return v6 ? field<32 * ip::kV6Words, kFrontBits>(beat) : field<32 * ip::kV4Words, kFrontBits>(beat);
}

// Whether an SA's entry (its card::SaFlags, icv_cut and tfc_pad) asks for AH and for what AH has not.
inline ap_uint<1> bad_entry(const ap_uint<14>& flags, const ap_uint<8>& icv_cut, const ap_uint<16>& tfc_pad) {
  const ap_uint<1> ah = (flags & abi::kSaAh) != 0, gmac = (flags & abi::kSaGmac) != 0;
  const ap_uint<1> esp_only = (flags & (abi::kSaUdpEncap | abi::kSaImplicitIv)) != 0;
  return ah && (!gmac || esp_only || icv_cut != 0 || tfc_pad != 0);
}

}  // namespace ah
}  // namespace xesp
#endif
