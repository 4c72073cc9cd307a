// SPDX-License-Identifier: Apache-2.0
#include "outbound_sas.h"

#include <mutex>

namespace xesp::dataplane {

void OutboundSas::add(const SaConfig& sa, SaHandle handle) {
  const std::unique_lock lock(mutex_);
  sas_.insert_or_assign(key(handle), Sa{SaOverhead(sa), sa.dst, sa.spi});
}

void OutboundSas::remove(SaHandle handle) {
  const std::unique_lock lock(mutex_);
  sas_.erase(key(handle));
  std::erase_if(bound_, [&](const auto& item) { return item.second == handle; });
}

void OutboundSas::set_policies(const SpdTable& policies) {
  const std::unique_lock lock(mutex_);
  policies_ = policies;
  // A policy that was set again has a new id, and no SA until it is bound.
  std::erase_if(bound_, [&](const auto& item) {
    for (const SpdTable::Entry& e : policies_.entries())
      if (e.id() == item.first) return false;
    return true;
  });
}

void OutboundSas::bind(const Selector& policy, std::optional<SaHandle> sa) {
  const std::unique_lock lock(mutex_);
  const SpdTable::Entry* entry = policies_.find(policy);
  if (!entry) return;
  if (sa)
    bound_.insert_or_assign(entry->id(), *sa);
  else
    bound_.erase(entry->id());
}

std::optional<OutboundSas::Sa> OutboundSas::find(SaHandle handle) const {
  const std::shared_lock lock(mutex_);
  const auto found = sas_.find(key(handle));
  return found == sas_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<SaHandle> OutboundSas::sa_for(const IpFields& packet) const {
  const std::shared_lock lock(mutex_);
  const Policy* policy = policies_.match(packet);
  if (!policy || policy->action != PolicyAction::kProtect) return std::nullopt;
  const auto bound = bound_.find(policies_.find(policy->selector)->id());
  return bound == bound_.end() ? std::nullopt : std::optional(bound->second);
}

void OutboundSas::note_miss(const IpFields& packet) {
  const std::unique_lock lock(mutex_);
  const Policy* policy = policies_.match(packet);
  if (policy && policy->action == PolicyAction::kProtect && misses_.size() < XESP_MAX_MISSES)
    misses_.emplace(policies_.find(policy->selector)->id(), packet.flow);
}

std::vector<std::pair<uint32_t, xesp_flow>> OutboundSas::take_misses() {
  const std::unique_lock lock(mutex_);
  std::vector<std::pair<uint32_t, xesp_flow>> out(misses_.begin(), misses_.end());
  misses_.clear();
  return out;
}

}  // namespace xesp::dataplane
