// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_XFRM_SUITE_H
#define XESP_CLI_MIRROR_XFRM_SUITE_H

#include <string>

#include "mirror/attributes.h"
#include "xesp/sa.h"

namespace xesp::mirror {

/// Algorithms and keys into `sa`. Returns why xespd has not what the kernel has, empty if it has.
/// @throws Error(kData) if the message is malformed
std::string read_suite(const Attributes& attributes, SaConfig& sa);

/// True if the message holds an algorithm: one of a larval SA does not.
bool has_suite(const Attributes& attributes);

}  // namespace xesp::mirror
#endif
