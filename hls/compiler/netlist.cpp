// SPDX-License-Identifier: Apache-2.0
#include "netlist.h"

#include <llvm/ADT/Hashing.h>

#include <algorithm>
#include <cassert>
#include <functional>

namespace xhls {

using llvm::APInt;

const char* op_name(Op op) {
  static const char* const names[] = {"const", "head", "arg", "state", "ram", "rom",  "call",
                                      "not",   "and",  "or",  "xor",   "sum", "diff", "mul",
                                      "mux",   "eq",   "lt",  "shl",   "shr", "sar",  "count"};
  return names[static_cast<int>(op)];
}

Bits::Bits(Node* node) {
  append(Slice{node, 0, node->width});
}

void Bits::append(Slice s) {
  if (s.width == 0) return;
  width_ += s.width;
  if (!parts_.empty()) {
    Slice& last = parts_.back();
    if (last.node == s.node && last.lo + last.width == s.lo) {
      last.width += s.width;
      return;
    }
  }
  parts_.push_back(s);
}

Bits Bits::slice(unsigned lo, unsigned width) const {
  assert(lo + width <= width_);
  Bits r;
  for (const Slice& s : parts_) {
    if (width == 0) break;
    if (lo >= s.width) {
      lo -= s.width;
      continue;
    }
    const unsigned n = std::min(width, s.width - lo);
    r.append(Slice{s.node, s.lo + lo, n});
    width -= n;
    lo = 0;
  }
  return r;
}

Node* Bits::whole_node() const {
  if (parts_.size() != 1 || parts_[0].lo != 0 || parts_[0].width != parts_[0].node->width) return nullptr;
  return parts_[0].node;
}

bool is_constant(const Bits& a) {
  return std::all_of(a.parts().begin(), a.parts().end(), [](const Slice& s) { return s.node->op == Op::Const; });
}

bool is_constant(const Bits& a, APInt& v) {
  if (a.empty() || !is_constant(a)) return false;
  v = APInt(a.width(), 0);
  unsigned at = 0;
  for (const Slice& s : a.parts()) {
    v.insertBits(s.node->value.extractBits(s.width, s.lo), at);
    at += s.width;
  }
  return true;
}

bool is_zero(const Bits& a) {
  APInt v;
  return is_constant(a, v) && v.isZero();
}

bool is_ones(const Bits& a) {
  APInt v;
  return is_constant(a, v) && v.isAllOnes();
}

unsigned active_bits(const Bits& a) {
  unsigned width = a.width();
  for (auto s = a.parts().rbegin(); s != a.parts().rend(); ++s) {
    if (s->node->op != Op::Const) break;
    const APInt v = s->node->value.extractBits(s->width, s->lo);
    if (!v.isZero()) return width - v.countl_zero();
    width -= s->width;
  }
  return width;
}

unsigned variable_bits(const Bits& a) {
  unsigned n = 0;
  for (const Slice& s : a.parts())
    if (s.node->op != Op::Const) n += s.width;
  return n;
}

Node* Netlist::source(Op op, unsigned width, unsigned index) {
  Node n;
  n.op = op;
  n.width = width;
  n.index = index;
  n.id = static_cast<unsigned>(nodes.size());
  n.name = hint;
  n.loc = here;
  nodes.push_back(std::move(n));
  return &nodes.back();
}

Node* Netlist::make(Op op, unsigned width, std::vector<Bits> in, unsigned index) {
  size_t h = llvm::hash_combine(static_cast<int>(op), width, index);
  for (const Bits& b : in)
    for (const Slice& s : b.parts()) h = llvm::hash_combine(h, s.node->id, s.lo, s.width);
  const auto [first, last] = known_.equal_range(h);
  for (auto it = first; it != last; ++it) {
    const Node& n = *it->second;
    if (n.op == op && n.width == width && n.index == index && n.in == in) return it->second;
  }
  Node* n = source(op, width, index);
  n->in = std::move(in);
  known_.emplace(h, n);
  return n;
}

Bits Netlist::constant(const APInt& v) {
  const unsigned width = v.getBitWidth();
  const size_t h = llvm::hash_combine(static_cast<int>(Op::Const), llvm::hash_value(v));
  const auto [first, last] = known_.equal_range(h);
  for (auto it = first; it != last; ++it) {
    const Node& n = *it->second;
    if (n.op == Op::Const && n.width == width && n.value == v) return Bits(it->second);
  }
  Node* n = source(Op::Const, width, 0);
  n->value = v;
  known_.emplace(h, n);
  return Bits(n);
}

Bits Netlist::resize(const Bits& a, unsigned width) {
  if (width <= a.width()) return a.slice(0, width);
  Bits r = a;
  r.append(constant(width - a.width(), 0));
  return r;
}

Bits Netlist::repeat(const Bits& bit, unsigned width) {
  APInt v;
  if (is_constant(bit, v)) return constant(v.isZero() ? APInt(width, 0) : APInt::getAllOnes(width));
  Bits r;
  for (unsigned i = 0; i < width; ++i) r.append(bit);
  return r;
}

Bits Netlist::sign_extend(const Bits& a, unsigned width) {
  Bits r = a;
  r.append(repeat(a.slice(a.width() - 1, 1), width - a.width()));
  return r;
}

namespace {

// One stretch of two operands in which neither changes its slice.
struct Segment {
  unsigned lo, width;
  Bits a, b;
};

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

// Splits an operation into stretches that are wiring and stretches that need logic. Many short stretches of logic stay
// one wide operation over all of them: better to read and to simulate, and the same in LUTs. A sum (Or, Xor) of shifted
// rows stays whole too, where most of it is logic: then a chain of them can be balanced.
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
  const bool rows = sum && margin_bits > 0 && logic_bits >= margin_bits;
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

}  // namespace

Bits Netlist::inverted(const Bits& a) {
  Bits r;
  for (const Slice& s : a.parts()) {
    if (s.node->op == Op::Const)
      r.append(constant(~s.node->value.extractBits(s.width, s.lo)));
    else if (s.node->op == Op::Not)
      r.append(s.node->in[0].slice(s.lo, s.width));
    else if (s.width == s.node->width || s.width > 1)
      r.append(Bits(make(Op::Not, s.width, {Bits(s.node, s.lo, s.width)})));
    else
      r.append(Bits(make(Op::Not, 1, {Bits(s.node, s.lo, 1)})));
  }
  return r;
}

Bits Netlist::bitwise(Op op, const Bits& a, const Bits& b) {
  assert(a.width() == b.width());
  auto wiring = [&](const Segment& s, Bits& out) {
    for (const auto& [x, y] : {std::pair(&s.a, &s.b), std::pair(&s.b, &s.a)}) {
      APInt v, w;
      if (is_constant(*x, v)) {
        if (is_constant(*y, w)) {
          out = constant(op == Op::And ? v & w : op == Op::Or ? v | w : v ^ w);
          return true;
        }
        if (v.isZero()) {
          out = op == Op::And ? *x : *y;
          return true;
        }
        if (v.isAllOnes()) {
          out = op == Op::And ? *y : op == Op::Or ? *x : inverted(*y);
          return true;
        }
      }
    }
    if (s.a == s.b) {
      out = op == Op::Xor ? constant(s.width, 0) : s.a;
      return true;
    }
    return false;
  };
  return stretchwise(a, b, op != Op::And, wiring, [&](const Bits& x, const Bits& y) {
    const bool swap = x.parts()[0].node->id > y.parts()[0].node->id;
    return Bits(make(op, x.width(), swap ? std::vector{y, x} : std::vector{x, y}));
  });
}

Bits Netlist::mux(const Bits& sel, const Bits& a, const Bits& b) {
  assert(sel.width() == 1 && a.width() == b.width());
  APInt c;
  if (is_constant(sel, c)) return c.isZero() ? b : a;
  if (sel.parts()[0].node->op == Op::Not) return mux(sel.parts()[0].node->in[0].slice(sel.parts()[0].lo, 1), b, a);
  const Bits nsel = inverted(sel);
  auto wiring = [&](const Segment& s, Bits& out) {
    if (s.a == s.b) {
      out = s.a;
      return true;
    }
    APInt va, vb;
    const bool ca = is_constant(s.a, va), cb = is_constant(s.b, vb);
    if (ca && cb && va == vb) {
      out = s.a;
    } else if (ca && cb && va.isAllOnes() && vb.isZero()) {
      out = repeat(sel, s.width);
    } else if (ca && cb && va.isZero() && vb.isAllOnes()) {
      out = repeat(nsel, s.width);
    } else {
      return false;
    }
    return true;
  };
  return stretchwise(a, b, false, wiring, [&](const Bits& x, const Bits& y) {
    if (is_zero(y)) return bitwise(Op::And, repeat(sel, x.width()), x);
    if (is_zero(x)) return bitwise(Op::And, repeat(nsel, x.width()), y);
    if (is_ones(x)) return bitwise(Op::Or, repeat(sel, x.width()), y);
    if (is_ones(y)) return bitwise(Op::Or, repeat(nsel, x.width()), x);
    // sel ? y ^ z : y is y ^ (sel & z), which keeps long sums flat; likewise for Or, and for And with (!sel | z).
    for (const bool then : {true, false}) {
      const Bits &with = then ? x : y, &without = then ? y : x;
      const Node* n = with.whole_node();
      if (!n || !is_nary(n->op) || n->in.size() != 2) continue;
      for (size_t k : {0, 1})
        if (n->in[k] == without) {
          const bool all = n->op == Op::And;
          const Bits select = repeat(then == all ? nsel : sel, x.width());
          return bitwise(n->op, without, bitwise(all ? Op::Or : Op::And, select, n->in[1 - k]));
        }
    }
    return Bits(make(Op::Mux, x.width(), {sel, x, y}));
  });
}

Bits Netlist::eq(const Bits& a, const Bits& b) {
  Bits x, y;
  for (const Segment& s : segments(a, b)) {
    if (s.a == s.b) continue;
    APInt v, w;
    if (is_constant(s.a, v) && is_constant(s.b, w)) {
      if (v != w) return bit(false);
      continue;
    }
    x.append(s.a);
    y.append(s.b);
  }
  if (x.empty()) return bit(true);
  if (x.width() == 1) return inverted(bitwise(Op::Xor, x, y));
  if (is_constant(x)) std::swap(x, y);
  return Bits(make(Op::Eq, 1, {x, y}));
}

Bits Netlist::ult(const Bits& a, const Bits& b) {
  unsigned width = std::max(active_bits(a), active_bits(b));
  while (width > 0 && a.slice(width - 1, 1) == b.slice(width - 1, 1)) --width;
  if (width == 0) return bit(false);
  const Bits x = a.slice(0, width), y = b.slice(0, width);
  APInt v, w;
  const bool cx = is_constant(x, v), cy = is_constant(y, w);
  if (cx && cy) return bit(v.ult(w));
  if (cy && w.isZero()) return bit(false);
  if (cx && v.isZero()) return inverted(eq(y, x));
  if (cx && v.isAllOnes()) return bit(false);
  if (cy && w.isAllOnes()) return inverted(eq(x, y));
  if (cy && w.isPowerOf2()) {  // x < 2^k: no bit from k up
    const unsigned k = w.logBase2();
    return eq(x.slice(k, width - k), constant(width - k, 0));
  }
  if (cx && (v + 1).isPowerOf2()) {  // 2^k - 1 < y: some bit from k up
    const unsigned k = (v + 1).logBase2();
    return inverted(eq(y.slice(k, width - k), constant(width - k, 0)));
  }
  if (width == 1) return bitwise(Op::And, inverted(x), y);
  return Bits(make(Op::Ult, 1, {x, y}));
}

Bits Netlist::slt(const Bits& a, const Bits& b) {
  const unsigned top = a.width() - 1;
  Bits x = a.slice(0, top), y = b.slice(0, top);
  x.append(inverted(a.slice(top, 1)));
  y.append(inverted(b.slice(top, 1)));
  return ult(x, y);
}

Bits Netlist::add(const Bits& a, const Bits& b) {
  if (a.empty()) return a;
  APInt v, w;
  const bool ca = is_constant(a, v), cb = is_constant(b, w);
  if (ca && cb) return constant(v + w);
  if (ca && v.isZero()) return b;
  if (cb && w.isZero()) return a;
  // Low bits where one operand is zero are wiring.
  unsigned low = 0;
  while (low < a.width() && (is_zero(a.slice(low, 1)) || is_zero(b.slice(low, 1)))) ++low;
  if (low > 0) {
    Bits r;
    for (unsigned i = 0; i < low; ++i) r.append(is_zero(a.slice(i, 1)) ? b.slice(i, 1) : a.slice(i, 1));
    r.append(add(a.slice(low, a.width() - low), b.slice(low, a.width() - low)));
    return r;
  }
  const unsigned width = std::min(a.width(), std::max(active_bits(a), active_bits(b)) + 1);
  if (width == 1) return resize(bitwise(Op::Xor, a.slice(0, 1), b.slice(0, 1)), a.width());
  return resize(Bits(make(Op::Add, width, {a.slice(0, width), b.slice(0, width)})), a.width());
}

Bits Netlist::sub(const Bits& a, const Bits& b) {
  APInt v, w;
  const bool ca = is_constant(a, v), cb = is_constant(b, w);
  if (ca && cb) return constant(v - w);
  if (cb && w.isZero()) return a;
  if (a.width() == 1) return bitwise(Op::Xor, a, b);
  return Bits(make(Op::Sub, a.width(), {a, b}));
}

Bits Netlist::mul(const Bits& a, const Bits& b) {
  APInt v, w;
  const bool ca = is_constant(a, v), cb = is_constant(b, w);
  if (ca && cb) return constant(v * w);
  if (is_zero(a) || is_zero(b)) return constant(a.width(), 0);
  const unsigned width = std::min(a.width(), active_bits(a) + active_bits(b));
  return resize(Bits(make(Op::Mul, width, {a.slice(0, width), b.slice(0, width)})), a.width());
}

Bits Netlist::shift(Op op, const Bits& a, const Bits& amount) {
  const unsigned width = a.width();
  APInt n;
  if (is_constant(amount, n)) {
    const unsigned k = static_cast<unsigned>(n.getLimitedValue(width));
    if (op == Op::Shl) {
      Bits r;
      if (k > 0) r = constant(k, 0);
      r.append(a.slice(0, width - k));
      return r;
    }
    const Bits high = a.slice(k, width - k);
    if (op == Op::Lshr) return high.empty() ? constant(width, 0) : resize(high, width);
    return high.empty() ? repeat(a.slice(width - 1, 1), width) : sign_extend(high, width);
  }
  if (is_zero(a)) return a;
  // An amount of the width or more is undefined in the IR (the headers guard it), so its high bits cannot be set.
  unsigned bits = 0;
  while ((1u << bits) < width) ++bits;
  const Bits by = amount.slice(0, std::max(1u, std::min(bits, active_bits(amount))));
  if (op == Op::Lshr) {
    const unsigned active = active_bits(a);
    return resize(Bits(make(op, active, {a.slice(0, active), by})), width);
  }
  return Bits(make(op, width, {a, by}));
}

Bits Netlist::popcount(const Bits& a) {
  APInt v;
  if (is_constant(a, v)) return constant(a.width(), v.popcount());
  unsigned bits = 1;
  while ((1u << bits) <= a.width()) ++bits;
  return resize(Bits(make(Op::Popcount, bits, {a})), a.width());
}

Bits Netlist::reversed(const Bits& a, unsigned granule) {
  Bits r;
  for (unsigned at = a.width(); at > 0; at -= granule) r.append(a.slice(at - granule, granule));
  return r;
}

namespace {

// Bits [0, upto) of b matter. True if that was news to some node.
bool need(const Bits& b, unsigned upto) {
  bool news = false;
  unsigned at = 0;
  for (const Slice& s : b.parts()) {
    if (at >= upto) break;
    const unsigned top = s.lo + std::min(s.width, upto - at);
    if (s.node->demand < top) {
      s.node->demand = top;
      news = true;
    }
    at += s.width;
  }
  return news;
}
bool need(const Bits& b) {
  return need(b, b.width());
}

void cut(Bits& b, unsigned width) {
  if (b.width() > width) b = b.slice(0, width);
}

}  // namespace

void Netlist::compute_demand() {
  for (Node& n : nodes) n.demand = 0;
  for_each_root([](const Bits& b) { need(b); });
  for (bool changed = true; changed;) {
    changed = false;
    for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
      Node& n = *it;
      if (n.demand == 0) continue;
      switch (n.op) {
        case Op::Not:
        case Op::And:
        case Op::Or:
        case Op::Xor:
        case Op::Add:
        case Op::Sub:
        case Op::Mul:
          for (const Bits& b : n.in) changed |= need(b, n.demand);
          break;
        case Op::Shl:
          changed |= need(n.in[0], n.demand);
          changed |= need(n.in[1]);
          break;
        case Op::Mux:
          changed |= need(n.in[0]);
          changed |= need(n.in[1], n.demand);
          changed |= need(n.in[2], n.demand);
          break;
        default:
          for (const Bits& b : n.in) changed |= need(b);
      }
    }
    for (State& s : states)
      if (s.node->demand > 0) changed |= need(s.next, s.node->demand);
    for (Ram& r : rams)
      if (r.read && r.read->demand > 0) {
        changed |= need(r.write_when);
        changed |= need(r.write_address);
        changed |= need(r.write_data, r.read->demand);
      }
  }
  // Trim. Sources with a fixed width keep it.
  for (Node& n : nodes) {
    if (n.demand == 0 || n.demand >= n.width) continue;
    switch (n.op) {
      case Op::Not:
      case Op::And:
      case Op::Or:
      case Op::Xor:
      case Op::Add:
      case Op::Sub:
      case Op::Mul:
        for (Bits& b : n.in) cut(b, n.demand);
        n.width = n.demand;
        break;
      case Op::Shl:
        cut(n.in[0], n.demand);
        n.width = n.demand;
        break;
      case Op::Mux:
        cut(n.in[1], n.demand);
        cut(n.in[2], n.demand);
        n.width = n.demand;
        break;
      case Op::Arg:
      case Op::State:
      case Op::Ram:
      case Op::Lshr:
      case Op::Popcount:
        n.width = n.demand;
        break;
      default:
        break;
    }
  }
  for (State& s : states)
    if (s.node->demand > 0) {
      s.width = s.node->width;
      cut(s.next, s.width);
      s.init = s.init.trunc(s.width);
    }
  for (Ram& r : rams)
    if (r.read && r.read->demand > 0) {
      r.width = r.read->width;
      cut(r.write_data, r.width);
    }
  for (Arg& a : args) a.width = a.node->demand > 0 ? a.node->width : 0;
}

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
