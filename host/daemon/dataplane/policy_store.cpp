// SPDX-License-Identifier: Apache-2.0
#include "policy_store.h"

#include "xesp/error.h"

namespace xesp::dataplane {

PolicyStore::PolicyStore(Steering& steering) : steering_(steering) {
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    for (const Policy& policy : steering_.policies(direction)) {
      table(direction).put(policy, next_id_++);
      ++inherited_;
    }
    write(direction, table(direction).buckets());
  }
}

void PolicyStore::set(const Policy& policy) {
  policy.check();
  SpdTable& now = table(policy.direction);
  const SpdTable::Entry* old = now.find(policy.selector);
  const std::optional<uint32_t> old_id = old ? std::optional(old->id()) : std::nullopt;
  SpdTable before = now;
  now.put(policy, next_id_++);
  try {
    write(policy.direction, now.buckets_under(policy.selector.dst));
  } catch (...) {
    now = std::move(before);
    throw;
  }
  if (old_id) steering_.unbind_policy(*old_id);
}

void PolicyStore::remove(const Policy& policy) {
  SpdTable& now = table(policy.direction);
  const SpdTable::Entry* old = now.find(policy.selector);
  if (!old) return;
  const uint32_t id = old->id();
  const Prefix dst = policy.selector.dst;
  now.erase(policy.selector);
  write(policy.direction, now.buckets_under(dst));
  if (!now.has_destination(dst)) steering_.erase_bucket(policy.direction, spd_key(dst));
  steering_.unbind_policy(id);
}

void PolicyStore::bind(const Policy& policy, std::optional<SaHandle> sa) {
  const SpdTable::Entry* entry = table(policy.direction).find(policy.selector);
  if (!entry) throw Error(ErrorCode::kNotFound, "no such policy to give an SA to");
  if (sa)
    steering_.bind_policy(entry->id(), *sa);
  else
    steering_.unbind_policy(entry->id());
}

void PolicyStore::write(Direction direction, const std::vector<SpdTable::Bucket>& buckets) {
  for (const SpdTable::Bucket& bucket : buckets) steering_.write_bucket(direction, bucket);
}

}  // namespace xesp::dataplane
