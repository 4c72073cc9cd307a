// SPDX-License-Identifier: Apache-2.0
#include "mirror/mirror.h"

#include <algorithm>

#include "control/sa_json.h"
#include "mirror/takeover.h"

namespace xesp::mirror {

namespace {

std::string name_of(const SaId& id, Direction direction) {
  return id.str() + " dir " + control::direction_name(direction);
}

// Once xespd has them.
void forget_keys(KernelSa& sa) {
  sa.config.key = Secret();
  sa.config.salt = Secret();
  sa.config.auth_key = Secret();
}

}  // namespace

Mirror::Mirror(Kernel& kernel, Target& target, bool adopt, Tell tell)
    : kernel_(kernel), target_(target), adopt_(adopt), tell_(std::move(tell)), held_(target.held()) {}

void Mirror::resync() {
  KernelTables dumped = kernel_.dump();
  tables_ = KernelTables{};
  tables_.policies = std::move(dumped.policies);
  for (auto& [id, sa] : dumped.sas) take(std::move(sa));
  forget_reborn();
  lost_ = false;
  if (std::exchange(first_, false)) keep_apart_foreign();
}

// One that the kernel uses is not the one that was taken over: it went and came while nobody listened, or the target
// had it from another hand.
void Mirror::forget_reborn() {
  std::vector<SaId> reborn;
  for (const auto& [id, held] : held_.sas) {
    const auto sa = tables_.sas.find(id);
    if (sa != tables_.sas.end() && !stopped(kernel_, sa->second, held.direction)) reborn.push_back(id);
  }
  if (reborn.empty()) return;
  for (const SaId& id : reborn) remove(id);
  KernelTables again = kernel_.dump();  // for their keys
  for (const SaId& id : reborn)
    if (auto sa = again.sas.find(id); sa != again.sas.end()) tables_.sas.insert_or_assign(id, std::move(sa->second));
}

void Mirror::remove(const SaId& id) {
  const Direction direction = held_.sas.at(id).direction;
  target_.remove(id, direction);
  held_.sas.erase(id);
  tell_({"state.delete", name_of(id, direction), ""});
}

// What the target had before and the kernel has not: an operator's, or an earlier mirror's.
void Mirror::keep_apart_foreign() {
  if (adopt_) return;
  std::erase_if(held_.sas, [this](const auto& held) {
    if (tables_.sas.contains(held.first)) return false;
    tell_({"foreign", name_of(held.first, held.second.direction),
           "xespd has it and the kernel has not: --adopt removes such"});
    return true;
  });
  std::erase_if(held_.policies, [this](const Policy& policy) {
    const bool known =
        std::ranges::any_of(tables_.policies, [&](const auto& p) { return p.second.policy.same_entry(policy); });
    if (!known)
      tell_({"foreign", mirror::name_of(policy), "xespd has it and the kernel has not: --adopt removes such"});
    return !known;
  });
}

void Mirror::take(KernelSa sa) {
  const auto held = held_.sas.find(sa.id);
  if (held != held_.sas.end() && sa.refused.empty() && !sa.larval) {
    const Mirrored now = mirrored_of(sa, held->second.direction);
    if (gone_.contains(sa.id) || now.digest != held->second.digest || now.src != held->second.src) {
      remove(sa.id);  // another SA of this name
    } else {
      if (now.encap != held->second.encap) {
        target_.move(sa, held->second.direction);
        tell_({"state.move", name_of(sa.id, held->second.direction), ""});
        held->second.encap = now.encap;
      }
      forget_keys(sa);
    }
  }
  const SaId id = sa.id;
  gone_.erase(id);
  tables_.sas.insert_or_assign(id, std::move(sa));
}

void Mirror::take(std::vector<Message> messages) {
  for (Message& message : messages) {
    if (auto* sa = std::get_if<KernelSa>(&message.what)) take(std::move(*sa));
    if (const auto* gone = std::get_if<SaGone>(&message.what)) {
      tables_.sas.erase(gone->id);
      gone_.insert(gone->id);
    }
    if (auto* policy = std::get_if<KernelPolicy>(&message.what))
      tables_.policies.insert_or_assign(policy->index, std::move(*policy));
    if (const auto* gone = std::get_if<PolicyGone>(&message.what)) tables_.policies.erase(gone->index);
    if (std::holds_alternative<Unknown>(message.what)) lost_ = true;
  }
}

void Mirror::apply() {
  if (lost_) resync();
  std::map<SaId, Direction> kept;
  for (const auto& [id, held] : held_.sas)
    if (tables_.sas.contains(id)) kept.emplace(id, held.direction);
  // What the target refuses changes what becomes of the others.
  for (;;) {
    const Plan wanted = plan(tables_, kept);
    const bool again = std::ranges::any_of(wanted.sas, [&](const auto& one) {
      return !kept.contains(one.first) && !add(tables_.sas.at(one.first), one.second);
    });
    for (const auto& [id, held] : held_.sas)
      if (tables_.sas.contains(id)) kept.emplace(id, held.direction);
    if (again || !set_policies(wanted)) continue;
    remove_gone(wanted);
    tell_left(wanted);
    gone_.clear();
    return;
  }
}

// False if it is left to the kernel.
bool Mirror::add(KernelSa& sa, Direction direction) {
  try {
    target_.add(sa, direction);
  } catch (const SentBefore&) {
    sa.used = true;
    return false;
  } catch (const Error& e) {
    if (away(e)) throw;
    sa.refused = e.code() == ErrorCode::kNotFound ? "it has gone meanwhile" : std::string("xespd says: ") + e.what();
    return false;
  }
  held_.sas.insert_or_assign(sa.id, mirrored_of(sa, direction));
  forget_keys(sa);
  tell_({"state.add", name_of(sa.id, direction), ""});
  return true;
}

// False if one is left to the kernel.
bool Mirror::set_policies(const Plan& wanted) {
  for (const Policy& policy : wanted.policies) {
    const auto held = std::ranges::find_if(held_.policies, [&](const Policy& p) { return p.same_entry(policy); });
    if (held != held_.policies.end() && *held == policy) continue;
    try {
      target_.set(policy);
    } catch (const Error& e) {
      if (away(e)) throw;
      for (auto& [index, known] : tables_.policies)
        if (known.policy == policy) known.refused = std::string("xespd says: ") + e.what();
      return false;
    }
    if (held != held_.policies.end())
      *held = policy;
    else
      held_.policies.push_back(policy);
    tell_({"policy.set", mirror::name_of(policy), ""});
  }
  return true;
}

void Mirror::remove_gone(const Plan& wanted) {
  std::erase_if(held_.policies, [&](const Policy& held) {
    if (std::ranges::any_of(wanted.policies, [&](const Policy& p) { return p.same_entry(held); })) return false;
    target_.remove(held);
    tell_({"policy.delete", mirror::name_of(held), ""});
    return true;
  });
  std::vector<SaId> gone;
  for (const auto& [id, held] : held_.sas)
    if (!wanted.sas.contains(id)) gone.push_back(id);
  for (const SaId& id : gone) remove(id);
}

void Mirror::tell_left(const Plan& wanted) {
  std::set<std::pair<std::string, std::string>> now(wanted.left.begin(), wanted.left.end());
  for (const auto& [name, why] : now)
    if (!left_.contains({name, why})) tell_({"left", name, why});
  left_ = std::move(now);
}

}  // namespace xesp::mirror
