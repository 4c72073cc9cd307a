// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_MIRROR_H
#define XESP_CLI_MIRROR_MIRROR_H

#include <functional>
#include <set>
#include <string>

#include "mirror/plan.h"
#include "mirror/target.h"
#include "mirror/xfrm_message.h"

namespace xesp::mirror {

/// One thing that was done, or is left to the kernel.
struct Step {
  const char* what;  ///< "state.add", "state.move", "state.delete", "policy.set", "policy.delete", "left", "foreign"
  std::string name;
  std::string why;  ///< of "left" and "foreign"
};

/// Keeps a target as the kernel's tables are. Throws what the target throws when it is away; then it must be made anew.
class Mirror {
 public:
  using Tell = std::function<void(const Step&)>;
  /// `adopt`: what the target has at the beginning and the kernel has not is removed; else it is told and stays.
  /// All must outlive this object.
  Mirror(Kernel& kernel, Target& target, bool adopt, Tell tell);

  /// The kernel's tables anew, by a dump: at the beginning, and when messages were lost.
  void resync();
  /// What has happened since. Changes nothing yet: apply() does, once for many.
  void take(std::vector<Message> messages);
  /// Brings the target to what the kernel has.
  void apply();

  size_t sas() const { return held_.sas.size(); }
  size_t policies() const { return held_.policies.size(); }
  size_t left() const { return left_.size(); }
  const std::map<SaId, Mirrored>& held() const { return held_.sas; }

 private:
  void take(KernelSa sa);
  bool add(KernelSa& sa, Direction direction);
  bool set_policies(const Plan& wanted);
  void remove_gone(const Plan& wanted);
  void tell_left(const Plan& wanted);
  void forget_reborn();
  void remove(const SaId& id);
  void keep_apart_foreign();

  Kernel& kernel_;
  Target& target_;
  bool adopt_;
  Tell tell_;
  KernelTables tables_;
  Held held_;
  std::set<SaId> gone_;  ///< since apply()
  bool first_ = true;
  bool lost_ = true;
  std::set<std::pair<std::string, std::string>> left_;
};

}  // namespace xesp::mirror
#endif
