// SPDX-License-Identifier: Apache-2.0
//
// Places one node as soon as its operands are there and the budget of the stage holds.
#include <algorithm>

#include "scheduler.h"

namespace xhls {

namespace {

// In its own stage a node is a register's output, or an expression within the stage (a free one like Not included).
bool is_register(const Node& n) {
  return n.op == Op::State || n.op == Op::Arg || n.op == Op::Call;
}

}  // namespace

Scheduler::Time Scheduler::arrival(const Bits& b) const {
  Time t;
  for (const Slice& s : b.parts())
    if (s.node->op != Op::Const) t = std::max(t, Time{s.node->stage, s.node->level});
  return t;
}

// The first stage in which b stands in registers alone.
int Scheduler::registered(const Bits& b) const {
  int stage = 0;
  for (const Slice& s : b.parts())
    if (s.node->op != Op::Const) stage = std::max(stage, s.node->stage + (is_register(*s.node) ? 0 : 1));
  return stage;
}

Scheduler::Time Scheduler::after(Time start, int delay, bool fixed) const {
  if (!fixed && start.level > 0 && start.level + delay > budget_) return {start.stage + 1, delay};
  return {start.stage, start.level + delay};
}

void Scheduler::settle(Node* n, Time t) {
  n->stage = t.stage;
  n->level = t.level;
  placed_.insert(n);
}

void Scheduler::place(Node* n) {
  switch (n->op) {
    case Op::Const:
      return;
    case Op::Input:
      return settle(n, {0, delay_of(net_, *n)});
    case Op::Arg:
      return settle(n, {0, 0});
    case Op::State:
      return settle(n, {n->early ? 0 : arrival(net_.states[n->index].next).stage, 0});
    case Op::Ram:
      return place_ram(n);
    case Op::Call: {
      int stage = 0;
      for (const Bits& b : n->in) stage = std::max(stage, registered(b));
      return settle(n, {stage + net_.callees[n->index]->latency, 0});
    }
    case Op::Rom:
      if (is_block_rom(net_, *n)) return settle(n, {arrival(n->in[0]).stage + 1, delay_of(net_, *n)});
      [[fallthrough]];
    default:
      return place_operator(n, n->early ? 0 : -1);
  }
}

// A table with ports that are counted must not be read at more places than it has ports.
void Scheduler::check_tables() const {
  std::map<unsigned, unsigned> reads;
  for (const Node* n : m_.order)
    if (n->op == Op::Rom) ++reads[n->index];
  for (const auto& [index, count] : reads) {
    const Rom& rom = net_.roms[index];
    if (rom.ports != 0 && count > rom.ports)
      throw Reject(rom.bound, "table '" + rom.name + "' is read at " + std::to_string(count) + " places of '" + m_.name +
                                  "' and has " + std::to_string(rom.ports) +
                                  " ports; type=rom_np has one for each, by copies");
  }
}

void Scheduler::place_operator(Node* n, int fixed_stage) {
  if (is_nary(n->op) && n->in.size() > 2) balance(n, fixed_stage);
  Time start;
  for (const Bits& b : n->in) start = std::max(start, arrival(b));
  if (fixed_stage >= 0 && start.stage < fixed_stage) start = {fixed_stage, 0};
  settle(n, after(start, delay_of(net_, *n), fixed_stage >= 0));
}

// A store that does not depend on the load. Iterations pass each stage in order, one a clock, so the stage of the write
// relative to that of the read's sampling decides which iterations' writes a read sees: the same stage sees all before
// its own, one stage earlier its own as well.
void Scheduler::place_ram(Node* n) {
  Ram& ram = net_.rams[n->index];
  int stage = arrival(n->in[0]).stage + 1;
  if (!ram.write_when.empty()) {
    int store = 0;
    for (const Bits* b : {&ram.write_when, &ram.write_address, &ram.write_data})
      store = std::max(store, arrival(*b).stage);
    const int lead = ram.write_first ? 2 : 1;
    stage = std::max(stage, store + lead);
    ram.write_stage = stage - lead;
  }
  settle(n, {stage, delay_of(net_, *n)});
}

void Scheduler::place_outputs() {
  int last = 0;
  for (Stream& s : net_.streams)
    if (!s.input) {
      s.stage = std::max({1, registered(s.data), registered(s.when)});
      last = std::max(last, s.stage);
    }
  for (const Node* n : m_.order) {
    if (n->op == Op::State) last = std::max(last, n->stage);
    if (n->op == Op::Ram) last = std::max({last, n->stage, net_.rams[n->index].write_stage});
  }
  if (!m_.top) {
    m_.latency = std::max(1, registered(net_.result));
    last = m_.latency;
  }
  m_.stages = last;
}

}  // namespace xhls
