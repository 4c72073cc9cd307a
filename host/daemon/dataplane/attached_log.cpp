// SPDX-License-Identifier: Apache-2.0
#include "attached_log.h"

#include "log.h"

namespace xesp::dataplane {

void tell_attached(const char* side, const Interface& interface, const Attachment& attachment) {
  const auto log = log_of("dataplane");
  if (!attachment.fallback_cause().empty())
    return log->warn("{}: {}, XDP generic, MTU {}: no native XDP on this driver: {}", side, interface.name,
                     interface.mtu, attachment.fallback_cause());
  log->info("{}: {}, XDP {}, MTU {}", side, interface.name, attach_mode_name(attachment.mode()), interface.mtu);
}

void tell_inherited(size_t policies) {
  if (policies == 0) return;
  log_of("dataplane")
      ->warn("{} policies of an earlier xespd hold: what they protect drops until they are added again", policies);
}

}  // namespace xesp::dataplane
