// SPDX-License-Identifier: Apache-2.0
//
// Where in a global a pointer points.
#include <llvm/IR/Operator.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

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

// Of any of the places that are chosen from: they differ by whole elements.
int64_t Builder::constant_offset(const Value* p) {
  int64_t sum = 0;
  for (;;) {
    if (const auto* gep = dyn_cast<GEPOperator>(p)) {
      MapVector<Value*, APInt> variable;
      APInt constant(64, 0);
      if (gep->collectOffset(dl_, 64, variable, constant)) sum += constant.getSExtValue();
      p = gep->getPointerOperand();
    } else if (const auto* s = dyn_cast<SelectInst>(p)) {
      p = s->getTrueValue();
    } else if (const auto* phi = dyn_cast<PHINode>(p)) {
      p = phi->getIncomingValue(0);
    } else {
      return sum;
    }
  }
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

// The same place by one index in units of `scale`, which every term's scale is a multiple of.
Builder::Address Builder::by_one_index(const Address& a, uint64_t scale) {
  constexpr unsigned kBits = 32;
  Address r;
  r.base = a.base;
  r.offset = static_cast<int64_t>(a.within(scale));
  Bits index = net_.constant(APInt(kBits, static_cast<uint64_t>(a.elements(scale)), true));
  for (const auto& [term, s] : a.terms)
    index = net_.add(index, net_.mul(net_.resize(term, kBits), net_.constant(kBits, s / scale)));
  r.terms.emplace_back(index, scale);
  return r;
}

Builder::Address Builder::choose(const Bits& sel, Address a, Address b, const Instruction& at) {
  const auto alike = [&] {
    return a.base == b.base && a.offset == b.offset &&
           std::equal(a.terms.begin(), a.terms.end(), b.terms.begin(), b.terms.end(),
                      [](const auto& x, const auto& y) { return x.second == y.second; });
  };
  if (!alike()) {
    uint64_t scale = 0;
    for (const Address* x : {&a, &b})
      for (const auto& term : x->terms) scale = std::gcd(scale, term.second);
    if (scale == 0) scale = static_cast<uint64_t>(std::abs(a.offset - b.offset));  // two constant places
    if (scale != 0) {
      a = by_one_index(a, scale);
      b = by_one_index(b, scale);
    }
  }
  if (!alike()) reject(at, "which of two arrays is accessed is chosen at run time");
  for (size_t i = 0; i < a.terms.size(); ++i) {
    const unsigned w = std::max(a.terms[i].first.width(), b.terms[i].first.width());
    a.terms[i].first = net_.mux(sel, net_.resize(a.terms[i].first, w), net_.resize(b.terms[i].first, w));
  }
  return a;
}

Bits Builder::element_index(const Address& a, uint64_t stride, uint64_t count, const Instruction& at) {
  unsigned bits = 1;
  while ((uint64_t{1} << bits) < count) ++bits;
  Bits index = net_.constant(APInt(bits, static_cast<uint64_t>(a.elements(stride)), true));
  for (const auto& [term, scale] : a.terms) {
    if (scale % stride != 0) reject(at, "an array index that is not a multiple of the element");
    Bits t = net_.resize(term, bits);
    if (scale != stride) t = net_.mul(t, net_.constant(APInt(bits, scale / stride)));
    index = net_.add(index, t);
  }
  return index;
}

}  // namespace xhls
