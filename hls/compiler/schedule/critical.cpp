// SPDX-License-Identifier: Apache-2.0
//
// The latest arrival in any stage and, beyond the budget, its path.
#include <cstdio>

#include "scheduler.h"

namespace xhls {

void Scheduler::find_critical() {
  const Node* last = nullptr;
  for (const Node* n : m_.order)
    if (n->level > m_.critical) {
      last = n;
      m_.critical = n->level;
      m_.critical_loc = n->loc;
    }
  if (m_.critical > budget_) {
    char levels[64];
    std::snprintf(levels, sizeof levels, "%.1f levels, budget %.1f", m_.critical / 100.0, budget_ / 100.0);
    std::string path;
    for (const Node* n = last; n;) {
      if (n->loc.known() && path.find(n->loc.str()) == std::string::npos) path += "\n    " + n->loc.str();
      const Node* from = nullptr;
      for (const Bits& b : n->in)
        for (const Slice& s : b.parts())
          if (s.node->stage == n->stage && s.node->level > 0 && (!from || s.node->level > from->level)) from = s.node;
      n = from;
    }
    m_.warnings.push_back("stage " + std::to_string(last->stage) + " needs " + levels +
                          "; its latest path, end first:" + path);
  }
}

}  // namespace xhls
