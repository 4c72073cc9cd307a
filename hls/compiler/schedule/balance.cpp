// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "scheduler.h"

namespace xhls {

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

}  // namespace xhls
