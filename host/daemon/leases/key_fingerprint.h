// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_KEY_FINGERPRINT_H
#define XESP_DAEMON_KEY_FINGERPRINT_H

#include <array>
#include <cstdint>

#include "xesp/sa.h"

namespace xesp {

/// Names a key and its salt without telling anything about them: SHA-256 under a domain string of its own, cut to 16
/// bytes. Two SAs with equal fingerprints draw their IVs from one space.
using KeyFingerprint = std::array<uint8_t, 16>;

/// @throws Error(kSoftware) if OpenSSL has no SHA-256
KeyFingerprint fingerprint_of(const SaConfig& sa);

}  // namespace xesp
#endif
