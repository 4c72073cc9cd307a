// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_CONTROLLER_H
#define XESP_DAEMON_CONTROLLER_H

#include <chrono>
#include <list>
#include <optional>
#include <vector>

#include "control/sa_json.h"
#include "core/larvals.h"
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
  using Clock = Larvals::Clock;
  struct Sa {
    SaConfig config;
    SaHandle handle;
    Clock::time_point since;         ///< when it was installed
    bool soft_time_reached = false;  ///< Lifetime::soft_seconds was told
  };
  /// An SA whose time has come (Lifetime::soft_seconds, hard_seconds).
  struct Expiry {
    SaConfig config;  ///< without keys
    bool hard;        ///< it is removed
  };
  /// New ends of an SA (RFC 4555, or a NAT that maps anew); what is not given stays.
  struct NewEnds {
    IpAddress src;
    IpAddress dst;
    std::optional<UdpEncap> encap;       ///< none: plain ESP
    std::optional<uint32_t> reqid = {};  ///< none: stays
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
  /// The one SA of that name. @throws as delete_sa()
  const Sa& find_sa(const control::SaName& name) const;
  /// Moves an SA to new addresses with its key and its place in the sequence; what it has counted starts anew. An
  /// inbound one takes no number again that it may have seen. @throws as add_sa(), and then the SA is as it was
  const Sa& move_sa(const control::SaName& name, const NewEnds& ends);
  /// Reserves an SPI for an inbound SA to come. add_sa() uses it up, delete_sa() gives it back, `hold` ends it.
  const Larvals::Larval& reserve_spi(const IpAddress& src, const IpAddress& dst, uint8_t proto,
                                     std::chrono::seconds hold, Clock::time_point now = Clock::now());
  const Larvals& larvals() const { return larvals_; }
  /// What has reached a limit in seconds by now; each is told once, and at the hard one it is removed.
  std::vector<Expiry> expire(Clock::time_point now = Clock::now());
  /// Deletes all of one direction, or all. Returns how many.
  size_t flush_sas(std::optional<Direction> direction);
  const std::list<Sa>& sas() const { return sas_; }
  SaStats stats(const Sa& sa) { return engine_.stats(sa.config.direction, sa.handle); }
  /// Of all SAs, in the order of sas().
  std::vector<SaStats> all_stats();

  /// `replace`: takes the place of one of the same direction and selector, without a moment when neither holds.
  /// @throws Error(kData, kExists)
  const BoundPolicy& add_policy(const Policy& policy, bool replace = false);
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
  void install(Sa& sa);
  void install_out(Sa& sa);
  void install_in(Sa& sa);
  void take_out(std::list<Sa>::iterator sa);
  void withdraw(Sa& sa);
  std::list<Sa>::const_iterator locate(const control::SaName& name) const;
  // Gives each outbound protect policy its newest SA, `except` left out of account.
  void bind(BoundPolicy& policy, const Sa* except);
  void bind_all(const Sa* except);

  Engine& engine_;
  LeaseKeeper& leases_;
  PacketPath& path_;
  std::list<Sa> sas_;  // in order of arrival
  Larvals larvals_;
  std::list<BoundPolicy> policies_;
};

}  // namespace xesp
#endif
