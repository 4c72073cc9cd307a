// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_POLICY_H
#define XESP_POLICY_H

#include <cstdint>
#include <optional>
#include <string>

#include "xesp/address.h"
#include "xesp/sa.h"

namespace xesp {

/// What becomes of a packet that a policy's selector matches (RFC 4301 4.4.1).
enum class PolicyAction : uint8_t {
  kProtect = 0,  ///< only through an SA; without a live one the packet drops
  kBypass = 1,   ///< in clear
  kDiscard = 2,  ///< dropped
};

/// One entry of the security policy database. (direction, selector) is its identity.
struct Policy {
  Direction direction = Direction::kOut;
  Selector selector;
  PolicyAction action = PolicyAction::kProtect;

  // The template, for kProtect only: which SAs may carry the traffic. An SA serves the policy if direction, reqid (0 in
  // the policy: any), mode and both addresses are equal.
  uint32_t reqid = 0;
  Mode mode = Mode::kTunnel;
  IpAddress tmpl_src;  ///< outer source in tunnel mode; in transport mode all zero means the packet's own address
  IpAddress tmpl_dst;

  bool operator==(const Policy&) const = default;

  /// True if both name the same entry of the database.
  bool same_entry(const Policy& other) const { return direction == other.direction && selector == other.selector; }
  /// True if `sa` may carry this policy's traffic.
  bool served_by(const SaConfig& sa) const;
  /// @throws Error(kData) naming the field and what it may be.
  void check() const;
};

/// What of a packet tells its policy. What is not given counts as not shown by the packet, as in a later fragment.
struct Traffic {
  IpAddress src;
  IpAddress dst;  ///< of the same family
  std::optional<uint8_t> protocol = {};
  std::optional<uint16_t> src_port = {};
  std::optional<uint16_t> dst_port = {};
};

/// "protect", "bypass", "discard".
const char* policy_action_name(PolicyAction action);

}  // namespace xesp
#endif
