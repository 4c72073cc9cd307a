// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_SPD_TABLE_H
#define XESP_DAEMON_DATAPLANE_SPD_TABLE_H

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ip_packet.h"
#include "xesp/policy.h"
#include "xesp/steering.h"

namespace xesp::dataplane {

/// The policies of one direction, the most specific first: longest destination prefix, longest source prefix, a named
/// protocol before any, a named destination port before any, then a named source port. Makes the buckets of the
/// steering program's tries out of them.
class SpdTable {
 public:
  struct Entry {
    Policy policy;
    xesp_spd_entry steered{};  ///< the same for the steering program; its `policy` is never used twice
    uint32_t id() const { return steered.policy; }
  };
  using Bucket = std::pair<xesp_spd_key, xesp_spd_bucket>;

  /// Adds `policy` under `id`; one with the same selector goes.
  void put(const Policy& policy, uint32_t id);
  void erase(const Selector& selector);
  const Entry* find(const Selector& selector) const;
  /// The policy of a packet, or nullptr.
  const Policy* match(const IpFields& packet) const;

  std::vector<Bucket> buckets() const;
  /// The buckets that a change of a policy to `dst` may change.
  /// @throws Error(kUnavailable) if one holds more policies than the program takes.
  std::vector<Bucket> buckets_under(const Prefix& dst) const;
  /// False if no policy has this destination: its bucket must go.
  bool has_destination(const Prefix& dst) const;

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  xesp_spd_bucket bucket(const Prefix& dst) const;

  std::vector<Entry> entries_;
};

xesp_spd_key spd_key(const Prefix& dst);
/// The policy that a bucket's entry came from, without its template.
Policy policy_of(Direction direction, const xesp_spd_entry& entry);

}  // namespace xesp::dataplane
#endif
