// SPDX-License-Identifier: Apache-2.0
//
// Chains of And, Or, Xor become one node of many operands.
#include "netlist.h"

namespace xhls {

void Netlist::count_uses() {
  for (Node& n : nodes) n.uses = 0;
  auto use = [](const Bits& b) {
    for (const Slice& s : b.parts()) ++s.node->uses;
  };
  for (Node& n : nodes)
    if (n.demand > 0)
      for (const Bits& b : n.in) use(b);
  for_each_root(use);
  for (State& s : states)
    if (s.node->demand > 0) use(s.next);
  for (Ram& r : rams)
    if (r.read && r.read->demand > 0) {
      use(r.write_when);
      use(r.write_address);
      use(r.write_data);
    }
}

void Netlist::flatten() {
  count_uses();
  for (Node& n : nodes) {
    if (n.demand == 0 || !is_nary(n.op)) continue;
    std::vector<Bits> flat;
    for (const Bits& b : n.in) {
      // b is one whole node, used only here, with zeros around it at most.
      const Slice* inner = nullptr;
      bool simple = true;
      for (const Slice& s : b.parts()) {
        if (s.node->op == Op::Const && n.op != Op::And && s.node->value.extractBits(s.width, s.lo).isZero()) continue;
        simple &= inner == nullptr;
        inner = &s;
      }
      if (!simple || !inner || inner->node->op != n.op || inner->node->uses != 1 ||
          inner->width != inner->node->width) {
        flat.push_back(b);
        continue;
      }
      Node* m = inner->node;
      for (const Bits& mb : m->in) {
        Bits padded;
        for (const Slice& s : b.parts()) {
          if (&s == inner)
            padded.append(mb);
          else
            padded.append(s);
        }
        flat.push_back(std::move(padded));
      }
      m->demand = 0;
    }
    n.in = std::move(flat);
  }
  count_uses();
}

}  // namespace xhls
