// SPDX-License-Identifier: Apache-2.0
//
// Chains of And, Or, Xor become one node of many operands.
#include <algorithm>

#include "netlist.h"

namespace xhls {

void Netlist::count_uses() {
  std::unordered_map<Node*, std::vector<std::pair<unsigned, int>>> edges;  // where uses begin (+1) and end (-1)
  for_each_use([&](const Bits& b) {
    for (const Slice& s : b.parts()) {
      edges[s.node].emplace_back(s.lo, 1);
      edges[s.node].emplace_back(s.lo + s.width, -1);
    }
  });
  for (Node& n : nodes) n.uses = 0;
  for (auto& [n, at] : edges) {
    std::sort(at.begin(), at.end());
    int now = 0;
    for (const auto& [bit, change] : at) n->uses = std::max(n->uses, static_cast<unsigned>(now += change));
  }
}

void Netlist::flatten() {
  // Who uses which bits of a gate.
  std::unordered_map<const Node*, std::vector<Slice>> users;
  for_each_use([&](const Bits& b) {
    for (const Slice& s : b.parts())
      if (is_nary(s.node->op)) users[s.node].push_back(s);
  });
  const auto alone = [&](const Slice& s) {
    return std::count_if(users[s.node].begin(), users[s.node].end(), [&](const Slice& o) {
             return o.lo < s.lo + s.width && s.lo < o.lo + o.width;
           }) == 1;
  };
  for (Node& n : nodes) {
    if (n.demand == 0 || !is_nary(n.op)) continue;
    std::vector<Bits> flat;
    for (const Bits& b : n.in) {
      // b is bits of one gate that are used only here, with zeros around them at most.
      const Slice* inner = nullptr;
      bool simple = true;
      for (const Slice& s : b.parts()) {
        if (s.node->op == Op::Const && n.op != Op::And && s.node->value.extractBits(s.width, s.lo).isZero()) continue;
        simple &= inner == nullptr;
        inner = &s;
      }
      if (!simple || !inner || inner->node->op != n.op || !alone(*inner)) {
        flat.push_back(b);
        continue;
      }
      for (const Bits& mb : inner->node->in) {
        Bits padded;
        for (const Slice& s : b.parts()) {
          if (&s == inner)
            padded.append(mb.slice(s.lo, s.width));
          else
            padded.append(s);
        }
        if (n.op != Op::And && is_zero(padded)) continue;
        flat.push_back(std::move(padded));
      }
    }
    n.in = std::move(flat);
  }
  compute_demand();  // gates that went into others are gone
  count_uses();
}

}  // namespace xhls
