// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_CONTROLLER_H
#define XESP_DAEMON_CONTROLLER_H

#include <list>
#include <optional>
#include <vector>

#include "control/sa_json.h"
#include "leases/lease_keeper.h"
#include "packet_path.h"
#include "xesp/engine.h"
#include "xesp/policy.h"

namespace xesp {

/// The daemon's SAs and policies, and the order in which engine, leases and packet path hear of a change. Each call is
/// done whole or not at all. A protect policy is bound to the newest SA that serves it; without one its packets drop.
/// One thread at a time.
class Controller {
 public:
  struct Sa {
    SaConfig config;
    SaHandle handle;
  };
  struct BoundPolicy {
    Policy policy;
    std::optional<SaHandle> sa;  ///< outbound protect policies: the SA in use
  };

  /// All must outlive this object.
  Controller(Engine& engine, LeaseKeeper& leases, PacketPath& path);

  /// Installs an SA. Without a direction the policies tell it. An outbound one starts above all numbers that its key
  /// may have used. @throws Error(kData, kExists, kUnavailable, kOs, kIo)
  const Sa& add_sa(control::SaRequest request);
  /// @throws Error(kNotFound); Error(kUsage) if several SAs fit
  void delete_sa(const control::SaName& name);
  /// Deletes all of one direction, or all. Returns how many.
  size_t flush_sas(std::optional<Direction> direction);
  const std::list<Sa>& sas() const { return sas_; }
  SaStats stats(const Sa& sa) { return engine_.stats(sa.config.direction, sa.handle); }
  /// Of all SAs, in the order of sas().
  std::vector<SaStats> all_stats();

  /// @throws Error(kData, kExists)
  const BoundPolicy& add_policy(const Policy& policy);
  /// By direction and selector. @throws Error(kNotFound)
  void delete_policy(const Policy& name);
  size_t flush_policies();
  const std::list<BoundPolicy>& policies() const { return policies_; }
  /// The SA of an outbound handle, if it is there.
  const Sa* find_out(SaHandle handle) const;

 private:
  Direction direction_of(const SaConfig& sa) const;
  static void refuse_unsteered(const SaConfig& sa);
  void refuse_same_name(const SaConfig& sa) const;
  void refuse_shared_key(const SaConfig& sa) const;
  void install_out(Sa& sa);
  void install_in(Sa& sa);
  void take_out(std::list<Sa>::iterator sa);
  // Gives each outbound protect policy its newest SA, `except` left out of account.
  void bind(BoundPolicy& policy, const Sa* except);
  void bind_all(const Sa* except);

  Engine& engine_;
  LeaseKeeper& leases_;
  PacketPath& path_;
  std::list<Sa> sas_;  // in order of arrival
  std::list<BoundPolicy> policies_;
};

}  // namespace xesp
#endif
