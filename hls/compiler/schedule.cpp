// SPDX-License-Identifier: Apache-2.0
#include "schedule.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace xhls {

namespace {

struct Time {
  int stage = 0, level = 0;
  auto operator<=>(const Time&) const = default;
};

class Scheduler {
 public:
  Scheduler(Module& m, int budget) : m_(m), net_(m.net), budget_(budget) {}
  void run();

 private:
  using Group = std::vector<Node*>;

  void mark_early();
  std::vector<Group> components();
  std::vector<Node*> successors(Node* n) const;
  void place(Node* n);
  void place_operator(Node* n, int fixed_stage);
  void place_ram(Node* n);
  void place_group(Group& group);
  int try_group(const Group& group, int stage);
  void split_invariant(Node* n, const std::set<Node*>& group);
  void balance(Node* n, int fixed_stage);
  void prune();
  void place_outputs();
  void find_held();
  void find_critical();

  Time arrival(const Bits& b) const {
    Time t;
    for (const Slice& s : b.parts())
      if (s.node->op != Op::Const) t = std::max(t, Time{s.node->stage, s.node->level});
    return t;
  }
  // In its own stage a node is a register's output, or an expression within the stage (a free one like Not included).
  static bool is_register(const Node& n) { return n.op == Op::State || n.op == Op::Arg || n.op == Op::Call; }
  // The first stage in which b stands in registers alone.
  int registered(const Bits& b) const {
    int stage = 0;
    for (const Slice& s : b.parts())
      if (s.node->op != Op::Const) stage = std::max(stage, s.node->stage + (is_register(*s.node) ? 0 : 1));
    return stage;
  }
  Time after(Time start, int delay, bool fixed) const {
    if (!fixed && start.level > 0 && start.level + delay > budget_) return {start.stage + 1, delay};
    return {start.stage, start.level + delay};
  }
  void settle(Node* n, Time t) {
    n->stage = t.stage;
    n->level = t.level;
    placed_.insert(n);
  }
  bool has_store(const Ram& r) const { return !r.write_when.empty(); }

  Module& m_;
  Netlist& net_;
  int budget_;
  std::set<Node*> placed_;
  std::map<Node*, std::vector<Bits>> originals_;  // operands of a group's gates, before balancing
};

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
      if (n->op == Op::Ram || n->op == Op::Call)
        throw Reject(s.loc, "the condition of this read of stream '" + s.name + "' depends on " +
                                (n->op == Op::Ram ? "RAM '" + net_.rams[n->index].name + "'"
                                                  : "non-inlined function '" + net_.callees[n->index]->name + "'") +
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
    default:
      return place_operator(n, n->early ? 0 : -1);
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
  if (has_store(ram)) {
    int store = 0;
    for (const Bits* b : {&ram.write_when, &ram.write_address, &ram.write_data})
      store = std::max(store, arrival(*b).stage);
    const int lead = ram.write_first ? 2 : 1;
    stage = std::max(stage, store + lead);
    ram.write_stage = stage - lead;
  }
  settle(n, {stage, delay_of(net_, *n)});
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
  inside.push_back(Bits(g));
  n->in = std::move(inside);
}

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
    if (n->op == Op::Ram) {
      Ram& ram = net_.rams[n->index];
      if (inside(n->in[0]))
        throw Reject(ram.loc, "the read address of RAM '" + ram.name +
                                  "' depends on what the iteration before read from it or wrote to it");
      if (ram.write_first)
        throw Reject(ram.loc, "RAM '" + ram.name +
                                  "' is written and then read in one call, and the write depends on earlier reads");
      ram.forward = true;
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
    for (const Bits& b : n->in) external(b, n->op == Op::Ram ? 1 : 0);
    if (n->op == Op::State) external(net_.states[n->index].next, 0);
    if (n->op == Op::Ram) {
      const Ram& ram = net_.rams[n->index];
      for (const Bits* b : {&ram.write_when, &ram.write_address, &ram.write_data}) external(*b, 0);
    }
  }
  if (early && stage > 0)
    throw Reject(group[0]->loc, "a register that decides about reading a stream depends on values of a later stage");
  if (try_group(ordered, stage) > budget_ && !early) try_group(ordered, stage + 1);
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

// A gate of many operands becomes a tree in the order of their arrival, where that is earlier than one wide gate.
void Scheduler::balance(Node* n, int fixed_stage) {
  constexpr size_t kInputs = 6;
  const bool fixed = fixed_stage >= 0;
  auto time_of = [&](const Bits& b) {
    Time t = arrival(b);
    if (fixed && t.stage < fixed_stage) t = {fixed_stage, 0};
    return t;
  };
  std::vector<std::pair<Time, Bits>> work;
  Time last;
  auto add = [&](const Bits& b) {
    const std::pair<Time, Bits> item{time_of(b), b};
    work.insert(std::upper_bound(work.begin(), work.end(), item,
                                 [](const auto& x, const auto& y) { return x.first < y.first; }),
                item);
    last = std::max(last, item.first);
  };
  for (const Bits& b : n->in) add(b);
  const int whole = delay_of(net_, *n);
  const bool same = work.front().first.stage == last.stage && last.level - work.front().first.level <= 30;
  if (work.size() <= 2 || ((same || work.size() <= kInputs) && (fixed || last.level + whole <= budget_))) {
    // Two arrivals far apart: still worth gathering the early ones below, unless the gate is small.
    if (same || work.size() <= 3) return;
  }
  net_.hint = n->name;
  net_.here = n->loc;
  while (work.size() > 2) {
    // The earliest operands that arrive about together, six at most.
    size_t k = 1;
    while (k < work.size() && k < kInputs && work[k].first.stage == work[0].first.stage &&
           work[k].first.level - work[0].first.level <= 50)
      ++k;
    if (k == work.size() && k <= kInputs) break;
    k = std::max<size_t>(k, 2);
    std::vector<Bits> in;
    for (size_t i = 0; i < k; ++i) in.push_back(work[i].second);
    work.erase(work.begin(), work.begin() + static_cast<long>(k));
    // Margins in which all operands are zero stay wiring.
    unsigned lo = 0, hi = n->width;
    if (n->op != Op::And) {
      hi = 0;
      lo = n->width;
      for (const Bits& b : in) {
        hi = std::max(hi, active_bits(b));
        unsigned zeros = 0;
        for (const Slice& s : b.parts()) {
          if (s.node->op != Op::Const) break;
          const llvm::APInt v = s.node->value.extractBits(s.width, s.lo);
          zeros += v.countr_zero();
          if (!v.isZero()) break;
        }
        lo = std::min(lo, zeros);
      }
    }
    if (hi <= lo) continue;
    std::vector<Bits> cut;
    for (const Bits& b : in) cut.push_back(b.slice(lo, hi - lo));
    Node* g = net_.make(n->op, hi - lo, std::move(cut));
    g->demand = g->width;
    g->early = n->early;
    if (fixed || !placed_.count(g)) {
      Time start;
      for (const Bits& b : g->in) start = std::max(start, time_of(b));
      settle(g, after(start, delay_of(net_, *g), fixed));
    }
    Bits padded;
    if (lo > 0) padded = net_.constant(lo, 0);
    padded.append(Bits(g));
    add(net_.resize(padded, n->width));
  }
  n->in.clear();
  for (auto& [t, b] : work) n->in.push_back(b);
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

void Scheduler::find_held() {
  m_.held.assign(static_cast<size_t>(m_.stages) + 1, {});
  std::map<std::pair<unsigned, int>, std::pair<unsigned, unsigned>> range;  // (node, stage) -> bits
  std::map<unsigned, Node*> by_id;
  auto use = [&](const Bits& b, int stage) {
    for (const Slice& s : b.parts()) {
      if (s.node->op == Op::Const) continue;
      by_id[s.node->id] = s.node;
      for (int k = s.node->stage + 1; k <= stage; ++k) {
        auto [it, fresh] = range.try_emplace({s.node->id, k}, s.lo, s.lo + s.width);
        if (!fresh) {
          it->second.first = std::min(it->second.first, s.lo);
          it->second.second = std::max(it->second.second, s.lo + s.width);
        }
      }
    }
  };
  for (Node* n : m_.order) {
    switch (n->op) {
      case Op::Ram: {
        const Ram& ram = net_.rams[n->index];
        use(n->in[0], ram.forward ? n->stage : n->stage - 1);
        for (const Bits* b : {&ram.write_when, &ram.write_address, &ram.write_data}) use(*b, ram.write_stage);
        break;
      }
      case Op::Call:
        for (const Bits& b : n->in) use(b, n->stage - net_.callees[n->index]->latency);
        break;
      case Op::State:
        use(net_.states[n->index].next, n->stage);
        break;
      default:
        for (const Bits& b : n->in) use(b, n->stage);
    }
  }
  for (const Stream& s : net_.streams)
    if (!s.input) {
      use(s.data, s.stage);
      use(s.when, s.stage);
    }
  use(net_.result, m_.latency);
  for (const auto& [key, bits] : range)
    m_.held[static_cast<size_t>(key.second)].push_back({by_id[key.first], bits.first, bits.second});
}

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

}  // namespace

void schedule(Module& m, int budget) {
  m.net.compute_demand();
  m.net.flatten();
  Scheduler(m, budget).run();
}

}  // namespace xhls
