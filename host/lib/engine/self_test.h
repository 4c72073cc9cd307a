// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SELF_TEST_H
#define XESP_ENGINE_SELF_TEST_H

#include "xesp/engine.h"

namespace xesp {

/// Proves an engine before it is trusted with an SA: published ESP packets must open to their text
/// (draft-mcgrew-gcm-test-01 4), with a wrong ICV and a second time they must drop, and a packet sent must be the one
/// that was worked out by another implementation. AES-GCM with 128 and 256 bits, AES-GMAC. Adds and removes SAs of SPIs
/// that the drafts use; counters count the packets.
/// @throws Error(kIo) that says what went wrong: a card that does this must not get a key; and what `engine` throws
void self_test(Engine& engine);

}  // namespace xesp
#endif
