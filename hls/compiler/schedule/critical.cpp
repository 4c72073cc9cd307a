// SPDX-License-Identifier: Apache-2.0
//
// The latest arrival in any stage and its path.
#include <algorithm>
#include <cstdio>

#include "scheduler.h"

namespace xhls {

// The places that the latest path passes within its stage, end first.
std::vector<Loc> Scheduler::path_to(const Node* end) const {
  std::vector<Loc> path;
  for (const Node* n = end; n;) {
    const auto same = [&](const Loc& l) { return l.file == n->loc.file && l.line == n->loc.line; };
    if (n->loc.known() && std::none_of(path.begin(), path.end(), same)) path.push_back(n->loc);
    const Node* from = nullptr;
    for (const Bits& b : n->in)
      for (const Slice& s : b.parts())
        if (s.node->stage == n->stage && s.node->level > 0 && (!from || s.node->level > from->level)) from = s.node;
    n = from;
  }
  return path;
}

void Scheduler::find_critical() {
  const Node *latest = nullptr, *tied = nullptr;  // tied: to its stage
  for (const Node* n : m_.order) {
    if (!latest || n->level > latest->level) latest = n;
    if ((n->early || fixed_.count(n)) && (!tied || n->level > tied->level)) tied = n;
  }
  if (!latest) return;
  m_.critical = latest->level;
  m_.critical_stage = latest->stage;
  m_.critical_path = path_to(latest);
  if (!tied || tied->level <= std::max(budget_, loop_budget_)) return;
  char levels[96];
  std::snprintf(levels, sizeof levels, " must share one stage and needs %.1f levels of LUT6, %.1f are allowed",
                tied->level / 100.0, std::max(budget_, loop_budget_) / 100.0);
  std::string text = (tied->early ? "what decides about issuing an iteration" : "a recurrence of a static variable");
  text += std::string(levels) + " (--loop-levels); its path, end first:";
  for (const Loc& l : path_to(tied)) text += "\n    " + l.str();
  throw Reject(tied->loc, text);
}

}  // namespace xhls
