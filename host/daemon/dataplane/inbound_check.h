// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_INBOUND_CHECK_H
#define XESP_DAEMON_DATAPLANE_INBOUND_CHECK_H

#include <map>
#include <shared_mutex>
#include <span>
#include <utility>

#include "spd_table.h"
#include "xesp/engine.h"
#include "xesp/sa.h"

namespace xesp::dataplane {

/// Whether a recovered packet may have come through the SA that it came through (RFC 4301 5.2, step 4): it fits the
/// SA's selector if there is one, and the inbound policy that covers it, if there is one, takes that SA. The engine
/// vouches for who sent it, this for what they may send.
class InboundCheck {
 public:
  void add(const SaConfig& sa, SaHandle handle);
  void remove(const SaConfig& sa);
  void set_policies(const SpdTable& policies);

  bool allows(SaHandle sa, std::span<const uint8_t> packet) const;
  /// Whether the SA is there and in transport mode.
  bool transport(SaHandle sa) const;

 private:
  using Key = std::pair<uint16_t, uint16_t>;  // index, generation
  mutable std::shared_mutex mutex_;
  std::map<Key, SaConfig> sas_;  ///< without keys
  SpdTable policies_;
};

}  // namespace xesp::dataplane
#endif
