// SPDX-License-Identifier: Apache-2.0
//
// A recurrence of a register or a RAM: all of it shares one stage.
#include <algorithm>
#include <functional>

#include "scheduler.h"

namespace xhls {

void Scheduler::place_group(Group& group) {
  const std::set<Node*> members(group.begin(), group.end());
  auto inside = [&](const Bits& b) {
    return std::any_of(b.parts().begin(), b.parts().end(), [&](const Slice& s) { return members.count(s.node) > 0; });
  };
  int stage = 0;
  bool early = false;
  for (Node* n : group) {
    early |= n->early;
    if (n->op == Op::Call)
      throw Reject(n->loc, "non-inlined function '" + net_.callees[n->index]->name +
                               "' takes part in a recurrence of a static variable; at II=1 that must fit one stage "
                               "(inline it, or take it out of the loop)");
    if (is_block_rom(net_, *n))
      throw Reject(n->loc, "table '" + net_.roms[n->index].name +
                               "' takes part in a recurrence of a static variable; in block RAM it takes a stage of its "
                               "own (bind it otherwise)");
    if (n->op == Op::Ram) {
      Ram& ram = net_.rams[n->index];
      if (inside(n->in[0]))
        throw Reject(ram.loc, "the read address of RAM '" + ram.name +
                                  "' depends on what the iteration before read from it or wrote to it");
      if (ram.write_first)
        throw Reject(ram.loc, "RAM '" + ram.name +
                                  "' is written and then read in one call, and the write depends on earlier reads");
      ram.forward = true;
      ram.hit_ahead = !inside(ram.write_address);
    }
  }
  for (Node* n : group) split_invariant(n, members);
  // Members in the order of this iteration's data flow.
  Group ordered;
  std::set<Node*> seen;
  std::function<void(Node*)> visit = [&](Node* n) {
    if (!members.count(n) || !seen.insert(n).second) return;
    if (n->op != Op::Ram)
      for (const Bits& b : n->in)
        for (const Slice& s : b.parts()) visit(s.node);
    ordered.push_back(n);
  };
  for (Node* n : group) visit(n);

  auto external = [&](const Bits& b, int extra) {
    for (const Slice& s : b.parts())
      if (s.node->op != Op::Const && !members.count(s.node)) stage = std::max(stage, s.node->stage + extra);
  };
  for (Node* n : group) {
    if (n->op == Op::Ram) stage = std::max(stage, 1);
    // A RAM's address a clock before; in registers then, if it is compared with where the call before writes.
    for (const Bits& b : n->in) external(b, n->op == Op::Ram ? 1 : 0);
    if (n->op == Op::Ram && net_.rams[n->index].hit_ahead)
      stage = std::max({stage, registered(n->in[0]) + 1, registered(net_.rams[n->index].write_address)});
    if (n->op == Op::State) external(net_.states[n->index].next, 0);
    if (n->op == Op::Ram) {
      const Ram& ram = net_.rams[n->index];
      for (const Bits* b : {&ram.write_when, &ram.write_address, &ram.write_data}) external(*b, 0);
    }
  }
  if (early && stage > 0)
    throw Reject(group[0]->loc, "a register that decides about reading a stream depends on values of a later stage");
  fixed_.insert(ordered.begin(), ordered.end());
  if (try_group(ordered, stage) > loop_budget_ && !early) try_group(ordered, stage + 1);
  for (Node* n : ordered)
    if (n->op == Op::Ram) net_.rams[n->index].write_stage = n->stage;
}

int Scheduler::try_group(const Group& group, int stage) {
  int latest = 0;
  for (Node* n : group) {
    const std::vector<Bits> in = originals_.try_emplace(n, n->in).first->second;
    n->in = in;
    if (n->op == Op::State)
      settle(n, {stage, 0});
    else if (n->op == Op::Ram)
      settle(n, {stage, delay_of(net_, *n)});
    else
      place_operator(n, stage);
    latest = std::max(latest, n->level);
  }
  return latest;
}

// Operands of a long gate that do not take part in the recurrence are gathered in a gate of their own, outside of it.
void Scheduler::split_invariant(Node* n, const std::set<Node*>& group) {
  if (!is_nary(n->op) || n->in.size() < 3) return;
  std::vector<Bits> inside, outside;
  for (const Bits& b : n->in) {
    bool in = false;
    for (const Slice& s : b.parts()) in |= group.count(s.node) > 0;
    (in ? inside : outside).push_back(b);
  }
  if (inside.empty() || outside.size() < 2) return;
  net_.hint = n->name;
  net_.here = n->loc;
  Node* g = net_.make(n->op, n->width, outside);
  g->demand = g->width;
  g->early = n->early;
  if (!placed_.count(g)) place_operator(g, g->early ? 0 : -1);
  inside.emplace_back(g);
  n->in = std::move(inside);
}

}  // namespace xhls
