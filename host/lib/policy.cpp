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
  if (mode == Mode::kTransport && sa.dst.v6 != selector.dst.address.v6) return false;
  const bool src_fits = sa.src == tmpl_src || (mode == Mode::kTransport && tmpl_src.unspecified());
  const bool dst_fits = sa.dst == tmpl_dst || (mode == Mode::kTransport && tmpl_dst.unspecified());
  return src_fits && dst_fits;
}

void Policy::check() const {
  selector.check("policy selector");
  if (action != PolicyAction::kProtect) return;
  if (mode == Mode::kTunnel) {
    if (tmpl_src.unspecified() || tmpl_dst.unspecified())
      throw Error(ErrorCode::kData, "policy tmpl: tunnel mode needs the outer addresses, give 'tmpl src A dst B'");
    if (tmpl_src.v6 != tmpl_dst.v6)
      throw Error(ErrorCode::kData, "policy tmpl: both ends of a tunnel are IPv4 or both are IPv6");
    return;
  }
  for (const IpAddress& end : {tmpl_src, tmpl_dst})
    if (!end.unspecified() && end.v6 != selector.dst.address.v6)
      throw Error(ErrorCode::kData,
                  "policy tmpl: transport mode keeps the packet's addresses, give those of its family");
}

}  // namespace xesp
