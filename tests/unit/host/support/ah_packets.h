// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_AH_PACKETS_H
#define XESP_TESTS_SUPPORT_AH_PACKETS_H

#include "support/packets.h"
#include "xesp/sa.h"

namespace xesp::test {

/// An SA for AH from 192.0.2.1 to 198.51.100.1, or from 2001:db8::1 to 2001:db8::2, with AES-GMAC.
SaConfig make_ah_sa(Direction direction, Mode mode, bool v6 = false, uint32_t spi = 0x1001);

/// Gives it an HMAC instead.
void use_hmac(SaConfig& ah, Integrity integrity);

/// Length of its AH, by the tables of RFC 4302, 4543 and 4868.
size_t ah_bytes_of(const SaConfig& ah);

/// An IP packet without payload as one end of these SAs sends it, options or extension headers and all: what
/// ah_by_hand() takes.
Bytes ah_outside(bool v6, const Bytes& ipv4_options = {}, const std::vector<Extension>& extensions = {});

/// The header as AH covers it if it has neither options nor extension headers.
Bytes without_mutable_fields(Bytes header);

/// An AH packet made without the engine: `header` is an IP header with all that stands before AH; its length and
/// protocol are put right. `covered` is what the ICV covers in its place, lengths and protocol put right too. `unused`
/// stands in the reserved field and, over IPv6, in the padding.
Bytes ah_by_hand(const SaConfig& sa, uint64_t seq, Bytes header, uint8_t next_header, const Bytes& payload,
                 Bytes covered = {}, uint8_t unused = 0);

}  // namespace xesp::test
#endif
