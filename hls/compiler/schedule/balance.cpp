// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "scheduler.h"

namespace xhls {

namespace {

constexpr unsigned kLutInputs = 6;

// Inputs that an operand takes of the LUT in which its gate ends up. A small And or Mux in the same stage, with no other
// user, is computed there too and takes as many as it has itself: three products of two bits fill a LUT, not six.
unsigned lut_inputs(const Bits& operand, int stage) {
  const Node* inner = nullptr;
  for (const Slice& s : operand.parts()) {
    if (s.node->op == Op::Const) continue;
    if (inner && inner != s.node) return 1;
    inner = s.node;
  }
  if (!inner) return 0;
  if ((inner->op != Op::And && inner->op != Op::Mux) || inner->uses > 1 || inner->stage != stage) return 1;
  unsigned inputs = 0;
  for (const Bits& b : inner->in) inputs += is_constant(b) ? 0 : 1;
  return std::min(inputs, kLutInputs);
}

}  // namespace

// A gate of more operands than a LUT has inputs becomes a tree, in the order of their arrival. Synthesis keeps much of
// the shape that it is given, so the shape is that of LUTs.
void Scheduler::balance(Node* n, int fixed_stage) {
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
  auto inputs_of = [&](const std::pair<Time, Bits>& item) { return lut_inputs(item.second, item.first.stage); };
  const bool same = work.front().first.stage == last.stage && last.level - work.front().first.level <= 30;
  unsigned inputs = 0;
  for (const auto& item : work) inputs += inputs_of(item);
  // One LUT; or bits of one width, which read best as a reduction and come out as a tree anyway.
  if (same && (inputs <= kLutInputs || (n->width == 1 && inputs == work.size() &&
                                        (fixed || last.level + delay_of(net_, *n) <= budget_))))
    return;
  // Two arrivals far apart: still worth gathering the early ones below, unless the gate is small.
  if (work.size() <= 3 && inputs <= kLutInputs) return;
  net_.hint = n->name;
  net_.here = n->loc;
  bool first = true;
  while (inputs > kLutInputs && work.size() > 2) {
    // The earliest operands, a LUT full; of the first LUT just so much that all after it are full. That is the tree in
    // which the last operand passes the fewest LUTs (as in a Huffman code, with the maximum for the sum).
    const unsigned full = first ? (inputs - kLutInputs - 1) % (kLutInputs - 1) + 2 : kLutInputs;
    first = false;
    size_t k = 0;
    unsigned taken = 0;
    while (k < work.size() && (k < 2 || taken + inputs_of(work[k]) <= full)) taken += inputs_of(work[k++]);
    inputs -= taken - 1;
    std::vector<Bits> in;
    in.reserve(k);
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
    if (hi <= lo) {
      --inputs;
      continue;
    }
    std::vector<Bits> cut;
    cut.reserve(in.size());
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
