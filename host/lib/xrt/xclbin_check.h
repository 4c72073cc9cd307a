// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_XCLBIN_CHECK_H
#define XESP_XRT_XCLBIN_CHECK_H

#include "card_device.h"

namespace xesp::worker {

/// Looks at the xclbin before XRT does, whose messages name neither the file nor the fix. Returns whether it is for
/// hw_emu.
/// @throws Error(kNoInput, kData, kUnavailable): no such file, not an xclbin, not xesp's, emulation and file don't
/// match.
bool check_xclbin(const CardOptions& options);

}  // namespace xesp::worker
#endif
