// SPDX-License-Identifier: Apache-2.0
// Messages of NETLINK_XFRM, as xesp mirror reads them, and what it makes of the tables that they build up.
#include "input.h"
#include "mirror/plan.h"
#include "mirror/xfrm_message.h"
#include "xesp/error.h"

using namespace xesp;
using namespace xesp::mirror;

namespace {

constexpr uint64_t kNow = 1000000;

void require_whole(const KernelTables& tables, const Plan& wanted) {
  for (const auto& [id, direction] : wanted.sas) {
    const KernelSa& sa = tables.sas.at(id);
    fuzz::require(sa.refused.empty() && !sa.larval, "no SA is half taken");
    SaConfig config = sa.config.clone();
    config.direction = direction;
    config.check();
  }
  for (const Policy& policy : wanted.policies) policy.check();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  KernelTables tables;
  try {
    for (Message& message : read_messages({data, size}, kNow)) {
      if (auto* sa = std::get_if<KernelSa>(&message.what)) tables.sas.insert_or_assign(sa->id, std::move(*sa));
      if (const auto* gone = std::get_if<SaGone>(&message.what)) tables.sas.erase(gone->id);
      if (auto* policy = std::get_if<KernelPolicy>(&message.what))
        tables.policies.insert_or_assign(policy->index, std::move(*policy));
      if (const auto* gone = std::get_if<PolicyGone>(&message.what)) tables.policies.erase(gone->index);
    }
  } catch (const Error& e) {
    fuzz::require(e.code() == ErrorCode::kData && *e.what() != 0, "a malformed message is told so");
  }
  require_whole(tables, plan(tables, {}));
  return 0;
}
