// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_POLICY_WORDS_H
#define XESP_CLI_POLICY_WORDS_H

#include "words/words.h"
#include "xesp/policy.h"

namespace xesp::cli {

/// The words of `ip xfrm policy add`, in any order:
///   src P dst P [proto N [sport N] [dport N]] dir in|out [action allow|block]
///   [tmpl src A dst B proto esp [reqid N] mode transport|tunnel [level required]]
/// With a template: protect. Without one: bypass (action allow, must be said) or discard (action block).
/// @throws Error(kUsage) naming the word; Error(kData) naming the field
Policy parse_policy(Words& words);

/// The words that name a policy: src P dst P [proto N [sport N] [dport N]] dir in|out.
Policy parse_policy_name(Words& words);

}  // namespace xesp::cli
#endif
