// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_H
#define XESP_DAEMON_DATAPLANE_H

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tap_stream.h"
#include "xesp/engine.h"
#include "xesp/policy.h"
#include "xesp/sa.h"

namespace xesp {

/// How the packet side attaches.
struct DataplaneOptions {
  std::string inside;             ///< interface of the clear side
  std::string outside;            ///< interface of the ESP side
  bool native = true;             ///< native XDP; false: generic (skb) mode
  std::optional<unsigned> queue;  ///< the only receive queue to serve on both interfaces; else all of them
  size_t batch = 64;              ///< most packets given to the engine at once
  bool carry_vlans = false;  ///< frames keep their VLAN tags through the gateway; false: the kernel's route has them
  bool mss_clamp = false;    ///< TCP SYNs of protected flows offer no longer segments than fit
  /// This host's kernel has ESP too: what comes in ESP or AH to an SA's destination and has no SA here passes to the
  /// kernel.
  bool kernel_esp = false;
  std::string tun;  ///< TUN interface to make for this host's own applications; empty: none
  /// Mark of protected packets for the kernel's routing rules (ip rule ... fwmark), so that a route which leads to
  /// `tun` does not lead them there again; as the one of the IKE daemon's packets. 0: none.
  uint32_t mark = 0;
  uint32_t inbound_sas = 65536;  ///< room in the steering program's table; its memory is taken at the start
  /// Folder on a bpffs where policies and attachments stay while no xespd runs, so that nothing leaves in clear then;
  /// one for each xespd. Empty: they go with the process, for tests.
  std::string pin_dir = "/sys/fs/bpf/xesp";
};

/// The packet side of xespd: XDP steering and AF_XDP sockets on two interfaces, one thread a direction, packets through
/// an Engine. Fails closed: from the moment it is attached, traffic of a protect policy without a live SA drops, and so
/// does all of it while no xespd runs. IP that no policy covers passes to the kernel, as do ARP, IPv6 neighbour
/// discovery and IKE (UDP 500, and 4500 with the non-ESP marker).
///
/// Policies that an earlier xespd left in `pin_dir` stay in force without an SA until they are set again or removed.
///
/// Thread safety: the control calls (all but the constructor and destructor) may come from one thread at a time, also
/// while packets flow. A control call throws Error; after an Error(kIo) the engine is lost, packets drop, and the same
/// error comes from every later call.
class Dataplane {
 public:
  /// Attaches, fail closed, and passes no packet before start(). `engine` must outlive this object.
  /// @throws Error(kData) for an unknown interface, Error(kOs, kDenied) with the system's cause and the fix.
  Dataplane(const DataplaneOptions& options, Engine& engine);
  ~Dataplane();
  Dataplane(const Dataplane&) = delete;
  Dataplane& operator=(const Dataplane&) = delete;

  void start();
  void stop() noexcept;

  /// Adds a policy, or replaces the one of the same direction and selector. A new protect policy has no SA: it drops.
  void set_policy(const Policy& policy);
  /// Removes by direction and selector; a policy that is not there is not an error.
  void remove_policy(const Policy& policy);
  /// Chooses the SA of an outbound protect policy; std::nullopt: its packets drop.
  void bind_out(const Policy& policy, std::optional<SaHandle> sa);

  /// Makes an outbound SA's overhead known, so that what it makes fits the way. Called after Engine::install() and
  /// before bind_out(); without it longer packets than fit drop behind the engine, and nobody is told.
  void add_outbound(const SaConfig& sa, SaHandle handle);
  void remove_outbound(SaHandle handle);
  /// Steers (dst, protocol, SPI) to the engine and notes the selector that inner packets of `sa` must match. Called
  /// after Engine::install().
  void add_inbound(const SaConfig& sa, SaHandle handle);
  /// Called before Engine::remove().
  void remove_inbound(const SaConfig& sa);

  /// The policy in force for a packet that arrives inside (kOut) or in clear outside (kIn); those taken over from an
  /// earlier xespd have no template.
  std::optional<Policy> policy_for(Direction direction, const Traffic& traffic) const;
  /// Shows packets to a reader, until its keeper is gone. @throws Error(kUnavailable, kOs)
  TapStream tap(const control::TapFilter& filter);
  /// The longest clear packet, with an IP header without options, that fits the outside interface's MTU once this
  /// outbound SA has protected it. A route may have a lower MTU.
  std::optional<size_t> largest(SaHandle sa) const;
  /// Packets of outbound protect policies that had no SA since the last call, the first one of each policy.
  std::vector<std::pair<Policy, Traffic>> take_misses();
  /// Counters of the packet side by name; part of `xesp stats`.
  nlohmann::json counters() const;
  /// The text of the Error(kIo) that ended the packet side, or empty while it runs.
  std::string fault() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xesp
#endif
