// SPDX-License-Identifier: Apache-2.0
//
// Sums, products, shifts and counts, simplified as they are made.
#include <algorithm>

#include "netlist.h"

namespace xhls {

using llvm::APInt;

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

}  // namespace xhls
