// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_PATH_H
#define XESP_DAEMON_DATAPLANE_PATH_H

#include "dataplane/dataplane.h"
#include "packet_path.h"

namespace xesp {

/// The packet side on two interfaces; runs from construction to destruction.
class DataplanePath final : public PacketPath {
 public:
  DataplanePath(const DataplaneOptions& options, Engine& engine) : dataplane_(options, engine) { dataplane_.start(); }
  ~DataplanePath() override { dataplane_.stop(); }

  void set_policy(const Policy& policy) override { dataplane_.set_policy(policy); }
  void remove_policy(const Policy& policy) override { dataplane_.remove_policy(policy); }
  void bind_out(const Policy& policy, std::optional<SaHandle> sa) override { dataplane_.bind_out(policy, sa); }
  void add_outbound(const SaConfig& sa, SaHandle handle) override { dataplane_.add_outbound(sa, handle); }
  void remove_outbound(SaHandle handle) override { dataplane_.remove_outbound(handle); }
  void add_inbound(const SaConfig& sa, SaHandle handle) override { dataplane_.add_inbound(sa, handle); }
  void remove_inbound(const SaConfig& sa) override { dataplane_.remove_inbound(sa); }
  std::optional<Policy> policy_for(Direction direction, const Traffic& traffic) const override {
    return dataplane_.policy_for(direction, traffic);
  }
  TapStream tap(const control::TapFilter& filter) override { return dataplane_.tap(filter); }
  std::optional<size_t> largest(SaHandle sa) const override { return dataplane_.largest(sa); }
  std::vector<std::pair<Policy, Traffic>> take_misses() override { return dataplane_.take_misses(); }
  nlohmann::json counters() const override { return dataplane_.counters(); }
  std::string fault() const override { return dataplane_.fault(); }

 private:
  Dataplane dataplane_;
};

}  // namespace xesp
#endif
