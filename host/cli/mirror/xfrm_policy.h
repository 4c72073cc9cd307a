// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_XFRM_POLICY_H
#define XESP_CLI_MIRROR_XFRM_POLICY_H

#include <linux/xfrm.h>

#include "mirror/attributes.h"
#include "mirror/kernel_entries.h"

namespace xesp::mirror {

/// A policy from the fixed part and the attributes of a message. What xespd has not makes it refused.
/// @throws Error(kData) if the message is malformed
KernelPolicy read_policy(const xfrm_userpolicy_info& info, const Attributes& attributes);

}  // namespace xesp::mirror
#endif
