// SPDX-License-Identifier: Apache-2.0
#include "mirror/plan.h"

#include <algorithm>
#include <tuple>

#include "control/sa_json.h"
#include "mirror/takeover.h"

namespace xesp::mirror {

namespace {

bool overlap(const Prefix& a, const Prefix& b) {
  return a.length <= b.length ? a.contains(b.address) : b.contains(a.address);
}

template <typename T>
bool overlap(T a, T b) {
  return a == 0 || b == 0 || a == b;
}

bool overlap(const Selector& a, const Selector& b) {
  return a.src.address.v6 == b.src.address.v6 && overlap(a.src, b.src) && overlap(a.dst, b.dst) &&
         overlap(a.protocol, b.protocol) && overlap(a.src_port, b.src_port) && overlap(a.dst_port, b.dst_port);
}

// xespd's own order of policies (ebpf/README.md).
bool xespd_prefers(const Selector& a, const Selector& b) {
  const auto rank = [](const Selector& s) {
    return std::tuple(s.dst.length, s.src.length, s.protocol != 0, s.dst_port != 0, s.src_port != 0);
  };
  return rank(a) > rank(b);
}

bool kernel_prefers(const KernelPolicy& a, const KernelPolicy& b) {
  return std::tuple(a.priority, a.index) < std::tuple(b.priority, b.index);
}

bool serves(const KernelSa& sa, const KernelPolicy& asks) {
  const Policy& policy = asks.policy;
  if (asks.spi != 0 && asks.spi != sa.id.spi) return false;
  if (sa.larval || (sa.told && *sa.told != policy.direction)) return false;
  SaConfig name;  // without keys
  name.direction = policy.direction;
  name.mode = sa.config.mode;
  name.src = sa.config.src;
  name.dst = sa.config.dst;
  name.proto = sa.config.proto;
  name.spi = sa.config.spi;
  name.reqid = sa.config.reqid;
  if (!policy.served_by(name)) return false;
  // In transport mode a template may be for any address, and then the packet's own are the SA's.
  return policy.mode == Mode::kTunnel ||
         (policy.selector.src.contains(sa.config.src) && policy.selector.dst.contains(sa.config.dst));
}

std::string check_of(const KernelSa& sa, Direction direction) {
  SaConfig config = sa.config.clone();
  config.direction = direction;
  try {
    config.check();
    return "";
  } catch (const Error& e) {
    return e.what();
  }
}

class Planner {
 public:
  Planner(const KernelTables& kernel, const std::map<SaId, Direction>& kept) : kernel_(kernel), kept_(kept) {}

  Plan plan() {
    for (const auto& [index, policy] : kernel_.policies) consider(policy);
    std::erase_if(good_, [this](const KernelPolicy* p) { return shadowed(*p) || opens(*p); });
    for (const auto& [id, sa] : kernel_.sas) consider(sa);
    std::erase_if(good_, [this](const KernelPolicy* p) { return stays(*p, refused_); });
    for (const auto& [id, sa] : kernel_.sas) place(sa);
    for (const KernelPolicy* p : good_)
      if (p->policy.action != PolicyAction::kProtect || served(*p))
        plan_.policies.push_back(p->policy);
      else
        stays(*p, spent_);
    return std::move(plan_);
  }

 private:
  void leave(const std::string& what, const std::string& why) { plan_.left.emplace(what, why); }

  void consider(const KernelPolicy& p) {
    if (p.elsewhere) return;
    if (p.refused.empty())
      good_.push_back(&p);
    else
      leave(name_of(p.policy), p.refused);
  }

  // Of several with one selector the kernel uses the first.
  bool shadowed(const KernelPolicy& p) const {
    return std::ranges::any_of(good_, [&](const KernelPolicy* q) {
      return q != &p && q->policy.same_entry(p.policy) && kernel_prefers(*q, p);
    });
  }

  // xespd goes by the longest prefix and not by priority. Where this would let pass in clear what the kernel would not,
  // the policy is not taken.
  bool opens(const KernelPolicy& p) {
    if (p.policy.action != PolicyAction::kBypass) return false;
    const bool so = std::ranges::any_of(good_, [&](const KernelPolicy* q) {
      return q->policy.action != PolicyAction::kBypass && q->policy.direction == p.policy.direction &&
             overlap(q->policy.selector, p.policy.selector) && kernel_prefers(*q, p) &&
             xespd_prefers(p.policy.selector, q->policy.selector);
    });
    if (so)
      leave(name_of(p.policy),
            "a policy of better priority protects or drops some of it: in xespd the longer prefix would win");
    return so;
  }

  void consider(const KernelSa& sa) {
    if (sa.larval || kept_.contains(sa.id)) return;
    std::string why = sa.refused;
    const auto direction = direction_of(sa);
    if (why.empty() && direction) why = check_of(sa, *direction);
    if (!why.empty()) {
      refused_.push_back(&sa);
      leave(sa.id.str(), why);
    } else if (direction && sa.used && only_unsent(sa, *direction)) {
      spent_.push_back(&sa);
      leave(sa.id.str(), SentBefore().what());
    }
  }

  // A policy with one of these SAs, which xespd can't have.
  bool stays(const KernelPolicy& p, const std::vector<const KernelSa*>& by) {
    if (p.policy.action != PolicyAction::kProtect) return false;
    const auto sa = std::ranges::find_if(by, [&](const KernelSa* s) { return serves(*s, p); });
    if (sa == by.end()) return false;
    leave(name_of(p.policy), "its SA " + (*sa)->id.str() + " is left to the kernel");
    return true;
  }

  std::optional<Direction> direction_of(const KernelSa& sa) const {
    std::optional<Direction> found;
    for (const KernelPolicy* p : good_) {
      if (p->policy.action != PolicyAction::kProtect || !serves(sa, *p)) continue;
      if (found && *found != p->policy.direction) return std::nullopt;
      found = p->policy.direction;
    }
    return found;
  }

  void place(const KernelSa& sa) {
    if (const auto kept = kept_.find(sa.id); kept != kept_.end()) {
      plan_.sas.insert(*kept);
      return;
    }
    if (sa.larval || plan_.left.contains(sa.id.str())) return;
    if (const auto direction = direction_of(sa))
      plan_.sas.emplace(sa.id, *direction);
    else
      leave(sa.id.str(), "no policy that xespd can have uses it, or policies of both directions do");
  }

  bool served(const KernelPolicy& p) const {
    return std::ranges::any_of(plan_.sas, [&](const auto& taken) {
      const auto sa = kernel_.sas.find(taken.first);
      return sa != kernel_.sas.end() && taken.second == p.policy.direction && serves(sa->second, p);
    });
  }

  const KernelTables& kernel_;
  const std::map<SaId, Direction>& kept_;
  std::vector<const KernelPolicy*> good_;
  std::vector<const KernelSa*> refused_;
  std::vector<const KernelSa*> spent_;  ///< the kernel's to their end; another SA of their policy is xespd's
  Plan plan_;
};

}  // namespace

std::string name_of(const Policy& policy) {
  return std::string("policy dir ") + control::direction_name(policy.direction) + " src " + policy.selector.src.str() +
         " dst " + policy.selector.dst.str() +
         (policy.selector.protocol != 0 ? " proto " + std::to_string(policy.selector.protocol) : std::string()) +
         (policy.selector.src_port != 0 ? " sport " + std::to_string(policy.selector.src_port) : std::string()) +
         (policy.selector.dst_port != 0 ? " dport " + std::to_string(policy.selector.dst_port) : std::string());
}

Plan plan(const KernelTables& kernel, const std::map<SaId, Direction>& kept) {
  return Planner(kernel, kept).plan();
}

}  // namespace xesp::mirror
