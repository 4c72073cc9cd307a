// SPDX-License-Identifier: Apache-2.0
//
// Where in a global a pointer points.
#include <llvm/IR/Operator.h>

#include <algorithm>

#include "builder.h"

namespace xhls {

using namespace llvm;

uint64_t Builder::smallest_scale(const Value* p, uint64_t best) {
  if (const auto* gep = dyn_cast<GEPOperator>(p)) {
    MapVector<Value*, APInt> variable;
    APInt constant(64, 0);
    if (gep->collectOffset(dl_, 64, variable, constant))
      for (const auto& [v, scale] : variable)
        if (best == 0 || scale.getZExtValue() < best) best = scale.getZExtValue();
    return smallest_scale(gep->getPointerOperand(), best);
  }
  if (const auto* s = dyn_cast<SelectInst>(p))
    return smallest_scale(s->getFalseValue(), smallest_scale(s->getTrueValue(), best));
  if (const auto* phi = dyn_cast<PHINode>(p))
    for (const Value* v : phi->incoming_values()) best = smallest_scale(v, best);
  return best;
}

uint64_t Builder::constant_offset(const Value* p) {
  uint64_t sum = 0;
  while (const auto* gep = dyn_cast<GEPOperator>(p)) {
    MapVector<Value*, APInt> variable;
    APInt constant(64, 0);
    if (gep->collectOffset(dl_, 64, variable, constant)) sum += constant.getZExtValue();
    p = gep->getPointerOperand();
  }
  return sum;
}

Builder::Address Builder::address(const Value* p, const Instruction& at) {
  if (const auto* g = dyn_cast<GlobalVariable>(p)) {
    Address a;
    a.base = const_cast<GlobalVariable*>(g);
    return a;
  }
  if (const auto* gep = dyn_cast<GEPOperator>(p)) {
    Address a = address(gep->getPointerOperand(), at);
    MapVector<Value*, APInt> variable;
    APInt constant(64, 0);
    if (!gep->collectOffset(dl_, 64, variable, constant)) reject(at, "an array index that is not understood");
    a.offset += constant.getSExtValue();
    for (const auto& [v, scale] : variable) a.terms.emplace_back(value(v), scale.getZExtValue());
    return a;
  }
  if (const auto* s = dyn_cast<SelectInst>(p))
    return choose(value(s->getCondition()), address(s->getTrueValue(), at), address(s->getFalseValue(), at), at);
  if (const auto* phi = dyn_cast<PHINode>(p)) {
    Address a = address(phi->getIncomingValue(0), at);
    for (unsigned i = 1; i < phi->getNumIncomingValues(); ++i)
      a = choose(incoming(*phi, i), address(phi->getIncomingValue(i), at), a, at);
    return a;
  }
  reject(at, "memory is accessed through a pointer that is not followed");
}

Builder::Address Builder::choose(const Bits& sel, Address a, Address b, const Instruction& at) {
  // A constant place is an index too, in units of the other's scale.
  auto as_index = [&](Address& x, const Address& like) {
    if (!x.terms.empty() || like.terms.size() != 1) return;
    const auto scale = static_cast<int64_t>(like.terms[0].second);
    const int64_t k = (x.offset - like.offset) / scale;
    if (like.offset + k * scale != x.offset || k < 0) return;
    x.terms.emplace_back(net_.constant(like.terms[0].first.width(), static_cast<uint64_t>(k)), like.terms[0].second);
    x.offset = like.offset;
  };
  as_index(a, b);
  as_index(b, a);
  bool same = a.base == b.base && a.offset == b.offset && a.terms.size() == b.terms.size();
  for (size_t i = 0; same && i < a.terms.size(); ++i) same = a.terms[i].second == b.terms[i].second;
  if (!same) reject(at, "which of two arrays is accessed is chosen at run time");
  for (size_t i = 0; i < a.terms.size(); ++i) {
    const unsigned w = std::max(a.terms[i].first.width(), b.terms[i].first.width());
    a.terms[i].first = net_.mux(sel, net_.resize(a.terms[i].first, w), net_.resize(b.terms[i].first, w));
  }
  return a;
}

Bits Builder::element_index(const Address& a, uint64_t stride, uint64_t count, const Instruction& at) {
  unsigned bits = 1;
  while ((uint64_t{1} << bits) < count) ++bits;
  Bits index = net_.constant(APInt(bits, static_cast<uint64_t>(a.offset / static_cast<int64_t>(stride)), true));
  for (const auto& [term, scale] : a.terms) {
    if (scale % stride != 0) reject(at, "an array index that is not a multiple of the element");
    Bits t = net_.resize(term, bits);
    if (scale != stride) t = net_.mul(t, net_.constant(APInt(bits, scale / stride)));
    index = net_.add(index, t);
  }
  return index;
}

}  // namespace xhls
