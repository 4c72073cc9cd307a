// SPDX-License-Identifier: Apache-2.0
//
// What ESP authenticates beside its text, for AES-GCM (RFC 4106 5) and AES-GMAC (RFC 4543 3.3): SPI and sequence number,
// all 64 bits of it with extended numbers; with AES-GMAC the IV too, and then the text itself is AAD.
#ifndef XESP_KERNELS_AAD_H
#define XESP_KERNELS_AAD_H

#include "bits.h"

namespace xesp {
namespace aad {

struct EspHash {
  ap_uint<128> block;     // HashParams::aad
  ap_uint<14> aad_len;
  ap_uint<14> ct_len;
  ap_uint<1> shift;       // Key::shift: 20 bytes stand before the text, the last four of them not in `block`
};

// `spi` and `iv` as on the wire.
inline EspHash of_esp(const ap_uint<32>& spi, const ap_uint<64>& number, const ap_uint<64>& iv,
                      const ap_uint<14>& text_len, const ap_uint<1>& gmac, const ap_uint<1>& esn) {
  const ap_uint<32> low = hls_util::swap_bytes<32>(ap_uint<32>(number.range(31, 0)));
  const ap_uint<32> high = hls_util::swap_bytes<32>(ap_uint<32>(number.range(63, 32)));
  const ap_uint<64> used_iv = gmac ? iv : ap_uint<64>(0);
  EspHash h;
  h.block = esn ? hls_util::cat(ap_uint<32>(used_iv.range(31, 0)), low, high, spi) : hls_util::cat(used_iv, low, spi);
  // The header is whole words: its length in bits 4..2, whether the text is added or not.
  const ap_uint<14> header = hls_util::cat(gmac, ap_uint<1>(!gmac), esn, ap_uint<2>(0));
  h.aad_len = header;
  h.ct_len = text_len;
  if (gmac) {
    h.aad_len = text_len + header;
    h.ct_len = 0;
  }
  h.shift = gmac && esn;
  return h;
}

}  // namespace aad
}  // namespace xesp
#endif
