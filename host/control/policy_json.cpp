// SPDX-License-Identifier: Apache-2.0
#include "control/policy_json.h"

#include "control/fields.h"
#include "control/sa_json.h"

namespace xesp::control {

using nlohmann::json;

namespace {

void read_name(Fields& f, Policy& policy) {
  policy.direction = f.choice("dir", {"out", "in"}) == 0 ? Direction::kOut : Direction::kIn;
  policy.selector = selector_from_json(f.object("sel"), "policy.sel");
}

}  // namespace

json to_json(const Policy& policy) {
  json object = {{"dir", direction_name(policy.direction)},
                 {"sel", to_json(policy.selector)},
                 {"action", policy_action_name(policy.action)}};
  if (policy.action == PolicyAction::kProtect)
    object["tmpl"] = {{"src", policy.tmpl_src.str()},
                      {"dst", policy.tmpl_dst.str()},
                      {"proto", proto_name(policy.proto)},
                      {"reqid", policy.reqid},
                      {"mode", mode_name(policy.mode)}};
  return object;
}

Policy policy_from_json(const json& object) {
  Fields f(object, "policy");
  Policy policy;
  read_name(f, policy);
  policy.action = static_cast<PolicyAction>(f.choice("action", {"protect", "bypass", "discard"}));
  if (policy.action == PolicyAction::kProtect) {
    Fields t(f.object("tmpl"), "policy.tmpl");
    policy.tmpl_src = IpAddress::parse(t.text("src"));
    policy.tmpl_dst = IpAddress::parse(t.text("dst"));
    policy.proto = t.choice("proto", {"esp", "ah"}) == 0 ? kProtoEsp : kProtoAh;
    policy.reqid = static_cast<uint32_t>(t.number("reqid", 0xffffffffu, 0));
    policy.mode = t.choice("mode", {"transport", "tunnel"}) == 0 ? Mode::kTransport : Mode::kTunnel;
    t.end();
  }
  f.end();
  policy.check();
  return policy;
}

Policy policy_name_from_json(const json& object) {
  Fields f(object, "policy");
  Policy policy;
  read_name(f, policy);
  f.end();
  return policy;
}

}  // namespace xesp::control
