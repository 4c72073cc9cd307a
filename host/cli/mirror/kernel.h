// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_KERNEL_H
#define XESP_CLI_MIRROR_KERNEL_H

#include <optional>

#include "mirror/kernel_entries.h"
#include "mirror/plan.h"

namespace xesp::mirror {

/// Where the kernel keeps its SAs and policies.
class Kernel {
 public:
  virtual ~Kernel() = default;

  /// All of both. @throws Error(kOs), Error(kData)
  virtual KernelTables dump() = 0;
  /// An SA's place in its sequence; none if it has gone. @throws as above
  virtual std::optional<KernelReplay> replay(const SaId& id) = 0;
  /// Sets that place; inbound, with all of the window counted as seen. False if the SA has gone.
  virtual bool set_replay(const KernelReplay& replay, Direction direction) = 0;
  /// Tells whoever keeps the SA's keys that a limit is reached; at a hard one the kernel removes it. False if it has
  /// gone.
  virtual bool expire(const SaId& id, bool hard) = 0;
};

}  // namespace xesp::mirror
#endif
