// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_GCM_IPSEC_MB_AEAD_H
#define XESP_GCM_IPSEC_MB_AEAD_H

#include <string>

#include "gcm/aead.h"

namespace xesp::gcm {

/// AES-GCM by intel-ipsec-mb, both ways with one key. Only where why_no_ipsec_mb() is empty.
/// @throws Error(kSoftware) as Aead::make()
std::unique_ptr<Aead> make_ipsec_mb_aead(std::span<const uint8_t> key);

/// Its version; empty in a build without it.
std::string ipsec_mb_version();

}  // namespace xesp::gcm
#endif
