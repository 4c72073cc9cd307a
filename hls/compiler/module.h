// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_MODULE_H
#define XHLS_MODULE_H

#include <map>
#include <set>
#include <string>
#include <vector>

#include "netlist.h"

namespace xhls {

struct Storage;

// Bits [lo, hi) of a node stand in a register at the start of a stage after the node's own.
struct Held {
  Node* node;
  unsigned lo, hi;
};

// One SystemVerilog module: the top kernel or a non-inlined function.
struct Module {
  std::string name;
  bool top = false;
  Loc loc;
  Netlist net;

  std::set<const Storage*> bound;  // BIND_STORAGE lines that found their memory

  // From the scheduler.
  std::vector<Node*> order;             // live nodes, operands first
  int stages = 0;                       // last stage in which anything happens
  std::vector<std::vector<Held>> held;  // by stage
  int critical = 0;                     // latest arrival in any stage, hundredths of a level
  int critical_stage = 0;
  std::vector<Loc> critical_path;       // end first

  // Of a non-inlined function: clocks from its arguments to its result.
  int latency = 0;
};

}  // namespace xhls

#endif
