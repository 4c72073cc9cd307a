// SPDX-License-Identifier: Apache-2.0
#include "segments.h"

#include <algorithm>

namespace xhls {

using llvm::APInt;

namespace {

// Where constants have few runs, cut them at the runs as well.
void boundaries(const Bits& x, bool all_runs, std::vector<unsigned>& cuts) {
  unsigned at = 0;
  for (const Slice& s : x.parts()) {
    if (s.node->op == Op::Const) {
      const APInt v = s.node->value.extractBits(s.width, s.lo);
      std::vector<unsigned> runs;
      for (unsigned i = 1; i < s.width; ++i)
        if (v[i] != v[i - 1]) runs.push_back(at + i);
      if (all_runs || runs.size() <= 6) cuts.insert(cuts.end(), runs.begin(), runs.end());
    }
    at += s.width;
    cuts.push_back(at);
  }
}

}  // namespace

std::vector<Segment> segments(const Bits& a, const Bits& b) {
  std::vector<unsigned> cuts;
  const bool all_runs = a.width() <= 16;
  boundaries(a, all_runs, cuts);
  boundaries(b, all_runs, cuts);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Segment> r;
  unsigned at = 0;
  for (unsigned c : cuts) {
    r.push_back({at, c - at, a.slice(at, c - at), b.slice(at, c - at)});
    at = c;
  }
  return r;
}

Bits stretchwise(const Bits& a, const Bits& b, bool sum, const std::function<bool(const Segment&, Bits&)>& wiring,
                 const std::function<Bits(const Bits&, const Bits&)>& logic) {
  std::vector<Segment> segs = segments(a, b);
  std::vector<Bits> wired(segs.size());
  std::vector<bool> is_wire(segs.size());
  unsigned groups = 0, logic_bits = 0, margin_bits = 0;
  for (size_t i = 0; i < segs.size(); ++i) {
    is_wire[i] = wiring(segs[i], wired[i]);
    if (!is_wire[i]) {
      logic_bits += segs[i].width;
      if (i == 0 || is_wire[i - 1]) ++groups;
    } else if (!is_constant(wired[i])) {
      margin_bits += segs[i].width;
    }
  }
  size_t first = 0, last = segs.size();
  const bool rows = sum && margin_bits > 0 && 2 * logic_bits >= margin_bits;
  if (rows)  // margins with one operand zero are logic here
    for (size_t i = 0; i < segs.size(); ++i) is_wire[i] = is_constant(wired[i]) && !wired[i].empty();
  const bool merge = rows || (groups > 4 && a.width() > 16);
  if (merge) {
    while (first < last && is_wire[first]) ++first;
    while (last > first && is_wire[last - 1]) --last;
  }
  Bits r;
  for (size_t i = 0; i < segs.size();) {
    const bool in_merge = merge && i >= first && i < last;
    if (is_wire[i] && !in_merge) {
      r.append(wired[i++]);
      continue;
    }
    size_t j = i;
    Bits x, y;
    for (; j < segs.size() && (in_merge ? j < last : !is_wire[j]); ++j) {
      x.append(segs[j].a);
      y.append(segs[j].b);
    }
    r.append(logic(x, y));
    i = j;
  }
  return r;
}

}  // namespace xhls
