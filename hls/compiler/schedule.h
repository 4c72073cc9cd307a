// SPDX-License-Identifier: Apache-2.0
//
// Gives each node its pipeline stage. Everything that a static register's next value does with its old one shares one
// stage (II = 1); all else is placed as soon as its operands are there and the stage's budget holds.
#ifndef XHLS_SCHEDULE_H
#define XHLS_SCHEDULE_H

#include "module.h"

namespace xhls {

// Budgets in hundredths of a LUT6 level. What must share a stage (a recurrence, the condition of issuing an iteration) may
// take `loop_budget` and is rejected beyond. Callees of `m` must be scheduled before.
void schedule(Module& m, int budget, int loop_budget);

// Delay of one node in hundredths of a level: a model, good for comparing, not a promise.
int delay_of(const Netlist& net, const Node& n);

}  // namespace xhls

#endif
