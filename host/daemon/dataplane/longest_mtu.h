// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_LONGEST_MTU_H
#define XESP_DAEMON_DATAPLANE_LONGEST_MTU_H

#include "interface.h"

namespace xesp::dataplane {

/// Of an interface whose frames would not fit packet memory: the kernel drops them without a word that reaches us.
/// @throws Error(kUnavailable) with the command that lowers the MTU
void refuse_longer_mtu(const Interface& interface);

}  // namespace xesp::dataplane
#endif
