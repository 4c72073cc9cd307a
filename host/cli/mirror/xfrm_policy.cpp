// SPDX-License-Identifier: Apache-2.0
#include "mirror/xfrm_policy.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>

#include "mirror/xfrm_sa.h"

namespace xesp::mirror {

namespace {

constexpr uint16_t kUnderstood[] = {XFRMA_UNSPEC, XFRMA_PAD, XFRMA_TMPL, XFRMA_POLICY_TYPE, XFRMA_MARK, XFRMA_IF_ID};

std::string refused_attribute(const Attributes& attributes) {
  for (const auto& [type, bytes] : attributes.all()) {
    if (std::ranges::find(kUnderstood, type) != std::end(kUnderstood)) continue;
    if (type == XFRMA_SEC_CTX) return "it has a security label, which xespd does not look at";
    if (type == XFRMA_OFFLOAD_DEV) return "a network card has it (offload dev)";
    return "it has XFRM's attribute " + std::to_string(type) + ", which this xesp does not know";
  }
  const auto mark = attributes.value<xfrm_mark>(XFRMA_MARK, "a mark");
  if (mark && (mark->v != 0 || mark->m != 0)) return "it has a mark, which xespd does not look at";
  if (attributes.value<uint32_t>(XFRMA_IF_ID, "if_id").value_or(0) != 0)
    return "it belongs to an XFRM interface (if_id), which xespd has not";
  const auto type = attributes.value<xfrm_userpolicy_type>(XFRMA_POLICY_TYPE, "the policy's type");
  return type && type->type != XFRM_POLICY_TYPE_MAIN ? "it is a sub policy, which xespd has not" : "";
}

std::string read_template(Bytes bytes, KernelPolicy& out) {
  Policy& policy = out.policy;
  if (bytes.size() % sizeof(xfrm_user_tmpl) != 0)
    throw Error(ErrorCode::kData, "XFRM message: a template is cut short");
  if (bytes.size() != sizeof(xfrm_user_tmpl)) return "it asks for several SAs on one packet, xespd has one";
  const auto t = front_of<xfrm_user_tmpl>(bytes, "a template");
  if (t.id.proto != kProtoEsp && t.id.proto != kProtoAh) return "xespd has ESP and AH only";
  if (t.mode != XFRM_MODE_TUNNEL && t.mode != XFRM_MODE_TRANSPORT) return "xespd has tunnel and transport mode only";
  if (t.optional != 0) return "its SA is optional (level use): xespd protects or does not";
  if (t.share != XFRM_SHARE_ANY) return "its SA is not for all its traffic (share)";
  out.spi = ntohl(t.id.spi);
  policy.proto = t.id.proto;
  policy.reqid = t.reqid;
  policy.mode = t.mode == XFRM_MODE_TUNNEL ? Mode::kTunnel : Mode::kTransport;
  policy.tmpl_src = read_address(t.saddr, t.family);
  policy.tmpl_dst = read_address(t.id.daddr, t.family);
  return "";
}

std::string read_action(const xfrm_userpolicy_info& info, const Attributes& attributes, KernelPolicy& out) {
  Policy& policy = out.policy;
  const auto templates = attributes.find(XFRMA_TMPL);
  if (info.action == XFRM_POLICY_BLOCK) {
    policy.action = PolicyAction::kDiscard;
    return "";
  }
  if (info.action != XFRM_POLICY_ALLOW)
    throw Error(ErrorCode::kData, "XFRM message: a policy neither allows nor blocks");
  policy.action = PolicyAction::kBypass;
  if (!templates || templates->empty()) return "";
  policy.action = PolicyAction::kProtect;
  return read_template(*templates, out);
}

// Its limits end it in the kernel, which tells; what is counted by packets is not seen there any more.
std::string refused_limits(const xfrm_lifetime_cfg& limits) {
  for (const uint64_t limit :
       {limits.soft_byte_limit, limits.hard_byte_limit, limits.soft_packet_limit, limits.hard_packet_limit,
        limits.soft_use_expires_seconds, limits.hard_use_expires_seconds})
    if (limit != 0 && limit != XFRM_INF) return "it ends by what it has carried, which xespd does not count";
  return "";
}

}  // namespace

KernelPolicy read_policy(const xfrm_userpolicy_info& info, const Attributes& attributes) {
  KernelPolicy out;
  out.index = info.index;
  out.priority = info.priority;
  out.elsewhere = info.dir != XFRM_POLICY_IN && info.dir != XFRM_POLICY_OUT;
  if (out.elsewhere) return out;
  Policy& policy = out.policy;
  policy.direction = info.dir == XFRM_POLICY_OUT ? Direction::kOut : Direction::kIn;
  const auto refuse = [&](std::string why) {
    if (out.refused.empty()) out.refused = std::move(why);
  };
  std::string why;
  if (const auto selector = read_selector(info.sel, why))
    policy.selector = *selector;
  else
    refuse("its selector is of no address family");
  refuse(std::move(why));
  refuse(refused_attribute(attributes));
  refuse(read_action(info, attributes, out));
  refuse(refused_limits(info.lft));
  if (!out.refused.empty()) return out;
  try {
    policy.check();
  } catch (const Error& e) {
    refuse(e.what());
  }
  return out;
}

}  // namespace xesp::mirror
