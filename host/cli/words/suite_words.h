// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_SUITE_WORDS_H
#define XESP_CLI_SUITE_WORDS_H

#include "words/words.h"
#include "xesp/sa.h"

namespace xesp::cli {

/// What follows `aead`: 'rfc4106(gcm(aes))', 'rfc4543(gcm(aes))' or 'rfc7539esp(chacha20,poly1305)', a key with its
/// salt (0x..., @FILE or -) and the ICV's bits. @throws Error(kUsage, kData) naming the word; no text shows a key
void parse_aead(Words& words, SaConfig& sa);

/// What follows `enc`: 'cbc(aes)' KEY, or 'ecb(cipher_null)' and an empty key. Another word `auth-trunc` gives the
/// HMAC.
void parse_enc(Words& words, SaConfig& sa);

/// What follows `auth-trunc`: 'hmac(sha256)', 'hmac(sha384)' or 'hmac(sha512)', KEY and the ICV's bits.
void parse_auth(Words& words, SaConfig& sa);

}  // namespace xesp::cli
#endif
