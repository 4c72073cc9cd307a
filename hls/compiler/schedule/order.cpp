// SPDX-License-Identifier: Apache-2.0
//
// Which node comes before which: what the issue condition needs, cycles through registers, operands first.
#include <algorithm>
#include <functional>

#include "scheduler.h"

namespace xhls {

// What decides whether an iteration can be issued is computed before it is: in stage 0, with every register on the way.
void Scheduler::mark_early() {
  for (Stream& s : net_.streams) {
    if (!s.input || !s.used) continue;
    std::vector<Node*> work;
    auto push = [&](const Bits& b) {
      for (const Slice& p : b.parts())
        if (!p.node->early && p.node->op != Op::Const) {
          p.node->early = true;
          work.push_back(p.node);
        }
    };
    push(s.when);
    while (!work.empty()) {
      Node* n = work.back();
      work.pop_back();
      if (n->op == Op::Ram || n->op == Op::Call || is_block_rom(net_, *n))
        throw Reject(s.loc, "the condition of this read of stream '" + s.name + "' depends on " +
                                (n->op == Op::Ram    ? "RAM '" + net_.rams[n->index].name + "'"
                                 : n->op == Op::Call ? "non-inlined function '" + net_.callees[n->index]->name + "'"
                                                     : "table '" + net_.roms[n->index].name + "' in block RAM") +
                                (n->loc.known() ? " (" + n->loc.str() + ")" : "") +
                                "; it must follow from static registers and stream heads alone");
      for (const Bits& b : n->in) push(b);
      if (n->op == Op::State) push(net_.states[n->index].next);
    }
  }
}

std::vector<Node*> Scheduler::successors(Node* n) const {
  std::vector<Node*> r;
  auto add = [&](const Bits& b) {
    for (const Slice& s : b.parts())
      if (s.node->op != Op::Const && (r.empty() || r.back() != s.node)) r.push_back(s.node);
  };
  for (const Bits& b : n->in) add(b);
  if (n->op == Op::State) add(net_.states[n->index].next);
  if (n->op == Op::Ram) {
    const Ram& ram = net_.rams[n->index];
    add(ram.write_when);
    add(ram.write_address);
    add(ram.write_data);
  }
  return r;
}

// Tarjan's strongly connected components, without recursion; operands come first.
std::vector<Scheduler::Group> Scheduler::components() {
  struct Info {
    int number = -1, low = 0;
    bool open = false;
  };
  struct Frame {
    Node* node;
    std::vector<Node*> next;
    size_t at = 0;
  };
  std::map<unsigned, Info> info;
  std::vector<Group> result;
  std::vector<Node*> open;
  int counter = 0;
  for (Node& root : net_.nodes) {
    if (root.demand == 0 || root.op == Op::Const || info[root.id].number >= 0) continue;
    std::vector<Frame> stack;
    auto enter = [&](Node* n) {
      Info& i = info[n->id];
      i.number = i.low = counter++;
      i.open = true;
      open.push_back(n);
      stack.push_back({n, successors(n)});
    };
    enter(&root);
    while (!stack.empty()) {
      Frame& f = stack.back();
      if (f.at < f.next.size()) {
        Node* s = f.next[f.at++];
        Info& si = info[s->id];
        if (si.number < 0)
          enter(s);
        else if (si.open)
          info[f.node->id].low = std::min(info[f.node->id].low, si.number);
        continue;
      }
      Node* n = f.node;
      stack.pop_back();
      const Info ni = info[n->id];
      if (!stack.empty()) info[stack.back().node->id].low = std::min(info[stack.back().node->id].low, ni.low);
      if (ni.low != ni.number) continue;
      Group g;
      Node* member;
      do {
        member = open.back();
        open.pop_back();
        info[member->id].open = false;
        g.push_back(member);
      } while (member != n);
      std::sort(g.begin(), g.end(), [](Node* a, Node* b) { return a->id < b->id; });
      result.push_back(std::move(g));
    }
  }
  return result;
}

// Balancing may leave gates behind that nothing uses; what is used is put in order.
void Scheduler::prune() {
  std::set<Node*> live;
  std::vector<Node*> work;
  auto reach = [&](const Bits& b) {
    for (const Slice& s : b.parts())
      if (s.node->op != Op::Const && live.insert(s.node).second) work.push_back(s.node);
  };
  net_.for_each_root(reach);
  while (!work.empty()) {
    Node* n = work.back();
    work.pop_back();
    for (Node* s : successors(n)) reach(Bits(s));
  }
  // Operands first. Registers and RAMs cut the cycles.
  std::set<Node*> done;
  std::function<void(Node*)> visit = [&](Node* n) {
    if (!live.count(n) || !done.insert(n).second) return;
    for (const Bits& b : n->in)
      for (const Slice& s : b.parts()) visit(s.node);
    m_.order.push_back(n);
  };
  for (Node& n : net_.nodes) visit(&n);
}

}  // namespace xhls
