// SPDX-License-Identifier: Apache-2.0
#include "inbound_check.h"

#include <mutex>

namespace xesp::dataplane {
namespace {

SaConfig without_keys(const SaConfig& sa) {
  SaConfig out;
  out.direction = sa.direction;
  out.mode = sa.mode;
  out.src = sa.src;
  out.dst = sa.dst;
  out.spi = sa.spi;
  out.proto = sa.proto;
  out.reqid = sa.reqid;
  out.selector = sa.selector;
  return out;
}

}  // namespace

void InboundCheck::add(const SaConfig& sa, SaHandle handle) {
  const std::unique_lock lock(mutex_);
  sas_.insert_or_assign(Key{handle.index, handle.generation}, without_keys(sa));
}

void InboundCheck::remove(const SaConfig& sa) {
  const std::unique_lock lock(mutex_);
  std::erase_if(sas_, [&](const auto& item) {
    const SaConfig& known = item.second;
    return known.spi == sa.spi && known.dst == sa.dst && known.proto == sa.proto;
  });
}

void InboundCheck::set_policies(const SpdTable& policies) {
  const std::unique_lock lock(mutex_);
  policies_ = policies;
}

bool InboundCheck::allows(SaHandle handle, std::span<const uint8_t> packet) const {
  const auto fields = read_ip(packet);
  if (!fields) return false;
  const std::shared_lock lock(mutex_);
  const auto found = sas_.find(Key{handle.index, handle.generation});
  if (found == sas_.end()) return false;
  const SaConfig& sa = found->second;
  if (sa.selector && !selector_matches(*sa.selector, *fields)) return false;
  const Policy* policy = policies_.match(*fields);
  return policy == nullptr || policy->served_by(sa);
}

bool InboundCheck::transport(SaHandle handle) const {
  const std::shared_lock lock(mutex_);
  const auto found = sas_.find(Key{handle.index, handle.generation});
  return found != sas_.end() && found->second.mode == Mode::kTransport;
}

}  // namespace xesp::dataplane
