// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_ATTACHED_LOG_H
#define XESP_DAEMON_DATAPLANE_ATTACHED_LOG_H

#include <cstddef>

#include "attachment.h"
#include "interface.h"

namespace xesp::dataplane {

/// Tells the log how a side is attached; a warning where the driver has no native XDP, for that costs much of the
/// speed.
void tell_attached(const char* side, const Interface& interface, const Attachment& attachment);

/// Tells that policies of an earlier xespd hold: until they are set again what they protect drops, which looks like a
/// fault.
void tell_inherited(size_t policies);

}  // namespace xesp::dataplane
#endif
