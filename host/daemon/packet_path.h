// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_PACKET_PATH_H
#define XESP_DAEMON_PACKET_PATH_H

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tap_stream.h"
#include "xesp/engine.h"
#include "xesp/error.h"
#include "xesp/policy.h"

namespace xesp {

/// What the control side asks of the packet side; Dataplane's control calls, so that control can run and be tested
/// without interfaces.
class PacketPath {
 public:
  virtual ~PacketPath() = default;
  virtual void set_policy(const Policy& policy) = 0;
  virtual void remove_policy(const Policy& policy) = 0;
  virtual void bind_out(const Policy& policy, std::optional<SaHandle> sa) = 0;
  virtual void add_outbound(const SaConfig& sa, SaHandle handle) = 0;
  virtual void remove_outbound(SaHandle handle) = 0;
  virtual void add_inbound(const SaConfig& sa, SaHandle handle) = 0;
  virtual void remove_inbound(const SaConfig& sa) = 0;
  virtual std::optional<Policy> policy_for(Direction direction, const Traffic& traffic) const = 0;
  /// Shows packets to a reader, until its keeper is gone. @throws Error(kUnavailable, kOs)
  virtual TapStream tap(const control::TapFilter&) {
    throw Error(ErrorCode::kUnavailable, "this xespd has no interfaces (--no-dataplane): there is nothing to tap");
  }
  /// The longest clear packet that fits the outside interface once this outbound SA has protected it; none without
  /// interfaces, or without that SA.
  virtual std::optional<size_t> largest(SaHandle) const { return std::nullopt; }
  /// Packets that had a protect policy and no SA (Dataplane::take_misses()).
  virtual std::vector<std::pair<Policy, Traffic>> take_misses() { return {}; }
  /// Null where there are no interfaces.
  virtual nlohmann::json counters() const = 0;
  /// Why the engine is lost, or empty.
  virtual std::string fault() const = 0;
};

/// No interfaces (xespd --no-dataplane): SAs and policies are kept, no packet moves.
class NoPacketPath final : public PacketPath {
 public:
  void set_policy(const Policy&) override {}
  void remove_policy(const Policy&) override {}
  void bind_out(const Policy&, std::optional<SaHandle>) override {}
  void add_outbound(const SaConfig&, SaHandle) override {}
  void remove_outbound(SaHandle) override {}
  void add_inbound(const SaConfig&, SaHandle) override {}
  void remove_inbound(const SaConfig&) override {}
  std::optional<Policy> policy_for(Direction, const Traffic&) const override { return std::nullopt; }
  nlohmann::json counters() const override { return nullptr; }
  std::string fault() const override { return {}; }
};

}  // namespace xesp
#endif
