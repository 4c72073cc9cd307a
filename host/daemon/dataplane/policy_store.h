// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_POLICY_STORE_H
#define XESP_DAEMON_DATAPLANE_POLICY_STORE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spd_table.h"
#include "steering.h"
#include "xesp/engine.h"
#include "xesp/policy.h"

namespace xesp::dataplane {

/// The policies of both directions, here and in the steering program.
class PolicyStore {
 public:
  /// Takes over what the program's tries hold: those policies stay in force, without an SA.
  explicit PolicyStore(Steering& steering);

  void set(const Policy& policy);
  void remove(const Policy& policy);
  void bind(const Policy& policy, std::optional<SaHandle> sa);  ///< @throws Error(kNotFound)

  const SpdTable& policies(Direction direction) const { return direction == Direction::kOut ? out_ : in_; }
  /// Policies taken over at the start.
  size_t inherited() const { return inherited_; }

 private:
  SpdTable& table(Direction direction) { return direction == Direction::kOut ? out_ : in_; }
  void write(Direction direction, const std::vector<SpdTable::Bucket>& buckets);

  Steering& steering_;
  SpdTable out_;
  SpdTable in_;
  uint32_t next_id_ = 1;
  size_t inherited_ = 0;
};

}  // namespace xesp::dataplane
#endif
