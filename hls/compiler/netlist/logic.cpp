// SPDX-License-Identifier: Apache-2.0
//
// Gates, multiplexers and comparisons, simplified as they are made.
#include <algorithm>
#include <cassert>

#include "netlist.h"
#include "segments.h"

namespace xhls {

using llvm::APInt;

namespace {

constexpr unsigned kLutInputs = 6, kShortChain = 16;

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

// x < limit, in pieces of a LUT.
Bits Netlist::below(const Bits& x, const APInt& limit) {
  if (limit.isZero()) return bit(false);
  const unsigned zeros = limit.countr_zero(), active = limit.getActiveBits(), width = active - zeros;
  const Bits low = x.slice(zeros, width), beyond = x.slice(active, x.width() - active);
  const APInt v = limit.extractBits(width, zeros);
  Bits r;
  if (width == 1) {
    r = inverted(low);
  } else if (width <= kLutInputs) {
    r = Bits(make(Op::Ult, 1, {low, constant(v)}));
  } else {
    const unsigned half = (width + kLutInputs - 1) / kLutInputs / 2 * kLutInputs;
    const Bits high = low.slice(half, width - half);
    const APInt top = v.extractBits(width - half, half);
    r = bitwise(Op::Or, below(high, top),
                bitwise(Op::And, eq(high, constant(top)), below(low.slice(0, half), v.trunc(half))));
  }
  return beyond.empty() ? r : bitwise(Op::And, eq(beyond, constant(beyond.width(), 0)), r);
}

Bits Netlist::ult(const Bits& a, const Bits& b) {
  unsigned width = std::max(active_bits(a), active_bits(b));
  while (width > 0 && a.slice(width - 1, 1) == b.slice(width - 1, 1)) --width;
  if (width == 0) return bit(false);
  APInt v, w;
  // Where b's lowest bits are 0, those of a decide nothing: a field of a word, masked where it stands.
  unsigned low = 0;
  while (low < width && is_constant(b.slice(low, 1), w) && w.isZero()) ++low;
  width -= low;
  if (width == 0) return bit(false);
  const Bits x = a.slice(low, width), y = b.slice(low, width);
  const bool cx = is_constant(x, v), cy = is_constant(y, w);
  if (cx && cy) return bit(v.ult(w));
  if (cy && w.isZero()) return bit(false);
  if (cx && v.isZero()) return inverted(eq(y, x));
  if (cx && v.isAllOnes()) return bit(false);
  if (cy && w.isAllOnes()) return inverted(eq(x, y));
  // Long carry chains take longer than pieces; and the IR has one wide comparison where the source asks about high bits.
  if (cy && (variable_bits(x) > kShortChain || w.isPowerOf2())) return below(x, w);
  if (cx && (variable_bits(y) > kShortChain || (v + 1).isPowerOf2())) return inverted(below(y, v + 1));
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

}  // namespace xhls
