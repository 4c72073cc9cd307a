// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_OUTBOUND_SAS_H
#define XESP_DAEMON_DATAPLANE_OUTBOUND_SAS_H

#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sa_overhead.h"
#include "spd_table.h"
#include "xesp/engine.h"
#include "xesp/sa.h"

namespace xesp::dataplane {

/// What the packet threads ask about outbound SAs and policies, beside what the steering program has decided. Any
/// thread.
class OutboundSas {
 public:
  struct Sa {
    SaOverhead overhead;
    IpAddress dst;  ///< of the packets that it makes
    uint32_t spi;
  };

  void add(const SaConfig& sa, SaHandle handle);
  void remove(SaHandle handle);
  void set_policies(const SpdTable& policies);
  void bind(const Selector& policy, std::optional<SaHandle> sa);

  std::optional<Sa> find(SaHandle handle) const;
  /// The SA that must protect a packet which did not come by the steering program; nothing if its policy is another one
  /// or has no SA, and then it must not leave.
  std::optional<SaHandle> sa_for(const IpFields& packet) const;
  /// sa_for() had nothing: if that was for want of an SA, the packet waits for take_misses(), one of each policy.
  void note_miss(const IpFields& packet);
  /// By SpdTable::Entry::id(), as Steering::take_misses().
  std::vector<std::pair<uint32_t, xesp_flow>> take_misses();

 private:
  static uint32_t key(SaHandle handle) { return uint32_t{handle.index} << 16 | handle.generation; }

  mutable std::shared_mutex mutex_;
  std::unordered_map<uint32_t, Sa> sas_;
  SpdTable policies_;
  std::unordered_map<uint32_t, xesp_flow> misses_;
  std::unordered_map<uint32_t, SaHandle> bound_;  ///< by SpdTable::Entry::id()
};

}  // namespace xesp::dataplane
#endif
