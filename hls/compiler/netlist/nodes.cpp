// SPDX-License-Identifier: Apache-2.0
//
// Makes nodes, one for each distinct operation on the same operands, and what is wiring alone.
#include <llvm/ADT/Hashing.h>

#include "netlist.h"

namespace xhls {

using llvm::APInt;

const char* op_name(Op op) {
  static const char* const names[] = {"const", "head", "arg", "state", "ram", "rom",  "call",
                                      "not",   "and",  "or",  "xor",   "sum", "diff", "mul",
                                      "mux",   "eq",   "lt",  "shl",   "shr", "sar",  "count"};
  return names[static_cast<int>(op)];
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

bool is_block_rom(const Netlist& net, const Node& n) {
  return n.op == Op::Rom && net.roms[n.index].block;
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

Bits Netlist::reversed(const Bits& a, unsigned granule) {
  Bits r;
  for (unsigned at = a.width(); at > 0; at -= granule) r.append(a.slice(at - granule, granule));
  return r;
}

}  // namespace xhls
