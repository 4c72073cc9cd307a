// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_TAP_WORDS_H
#define XESP_CLI_TAP_WORDS_H

#include "control/tap.h"
#include "words/words.h"

namespace xesp::cli {

/// Which packets to tap, in any order: [src P] [dst P] [proto N] [spi N] [dir in|out]
/// @throws Error(kUsage) naming the word
control::TapFilter parse_tap_filter(Words& words);

}  // namespace xesp::cli
#endif
