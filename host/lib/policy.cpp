// SPDX-License-Identifier: Apache-2.0
#include "xesp/policy.h"

#include "xesp/error.h"

namespace xesp {

const char* policy_action_name(PolicyAction action) {
  switch (action) {
    case PolicyAction::kProtect:
      return "protect";
    case PolicyAction::kBypass:
      return "bypass";
    case PolicyAction::kDiscard:
      return "discard";
  }
  return "unknown";
}

bool Policy::served_by(const SaConfig& sa) const {
  if (sa.proto != kProtoEsp) return false;  // which is what every template asks for
  if (action != PolicyAction::kProtect || sa.direction != direction || sa.mode != mode) return false;
  if (reqid != 0 && sa.reqid != reqid) return false;
  const IpAddress any{};
  const bool src_fits = sa.src == tmpl_src || (mode == Mode::kTransport && tmpl_src == any);
  const bool dst_fits = sa.dst == tmpl_dst || (mode == Mode::kTransport && tmpl_dst == any);
  return src_fits && dst_fits;
}

void Policy::check() const {
  if (selector.src.address.v6 || selector.dst.address.v6)
    throw Error(ErrorCode::kData, "policy src/dst: IPv6 is not supported at this stage, give IPv4 prefixes");
  if (action != PolicyAction::kProtect) return;
  if (tmpl_src.v6 || tmpl_dst.v6)
    throw Error(ErrorCode::kData, "policy tmpl: IPv6 is not supported at this stage, give IPv4 addresses");
  const IpAddress any{};
  if (mode == Mode::kTunnel && (tmpl_src == any || tmpl_dst == any))
    throw Error(ErrorCode::kData, "policy tmpl: tunnel mode needs the outer addresses, give 'tmpl src A dst B'");
}

}  // namespace xesp
