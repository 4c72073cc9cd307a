// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_STATE_WORDS_H
#define XESP_CLI_STATE_WORDS_H

#include "control/sa_json.h"
#include "words/words.h"

namespace xesp::cli {

/// The words of `ip xfrm state add`, in any order:
///   src A dst B proto esp|ah spi N [reqid N] [mode transport|tunnel] aead 'rfc4106(gcm(aes))'|'rfc4543(gcm(aes))' KEY
///   128 [replay-window N] [replay-seq N | replay-oseq N] [limit KIND N]... [flag F...] [sel src P dst P [proto N]]
///   [dir in|out] [tos N] [ttl N]
/// KEY is 0x and 72 hexadecimal digits (key, then salt), @FILE or -. The mode is transport if none is given, as there.
/// AH has rfc4543 alone. What xesp can't do is refused, never passed over.
/// @throws Error(kUsage) naming the word; Error(kData) naming the field
control::SaRequest parse_state(Words& words);

/// The words that name an SA: [src A] dst B [proto esp|ah] spi N [dir in|out].
control::SaName parse_state_name(Words& words);

/// A protocol of a selector: a number or a name like tcp.
uint8_t parse_protocol(Words& words);
Prefix parse_prefix(Words& words, const std::string& name);
IpAddress parse_address(Words& words, const std::string& name);
Mode parse_mode(Words& words);
Direction parse_direction(Words& words);
uint8_t parse_proto(Words& words);  ///< kProtoEsp, kProtoAh

}  // namespace xesp::cli
#endif
