// SPDX-License-Identifier: Apache-2.0
#include "schedule.h"

#include "scheduler.h"

namespace xhls {

void Scheduler::run() {
  if (m_.top) mark_early();
  for (Group& g : components()) {
    if (g.size() == 1 && g[0]->op != Op::State && g[0]->op != Op::Ram) {
      place(g[0]);
      continue;
    }
    bool cycle = g.size() > 1;
    if (!cycle)
      for (Node* s : successors(g[0])) cycle |= s == g[0];
    if (cycle)
      place_group(g);
    else
      place(g[0]);
  }
  prune();
  place_outputs();
  find_held();
  find_critical();
  check_tables();
}

void schedule(Module& m, int budget, int loop_budget) {
  m.net.compute_demand();
  m.net.flatten();
  Scheduler(m, budget, loop_budget).run();
}

}  // namespace xhls
