// SPDX-License-Identifier: Apache-2.0
//
// Values as lists of slices, and what is known of their bits.
#include <algorithm>
#include <cassert>

#include "netlist.h"

namespace xhls {

using llvm::APInt;

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

}  // namespace xhls
