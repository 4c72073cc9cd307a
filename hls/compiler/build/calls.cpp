// SPDX-License-Identifier: Apache-2.0
//
// Calls: static registers, non-inlined functions, intrinsics.
#include <algorithm>

#include "builder.h"

namespace xhls {

using namespace llvm;

void Builder::translate_call(CallInst& i) {
  const Function* callee = i.getCalledFunction();
  if (!callee) reject(i, "a call through a pointer");
  for (size_t k = 0; k < program_.states.size() && m_.top; ++k) {
    if (callee == program_.states[k].load) return define(i, Bits(net_.states[k].node));
    if (callee == program_.states[k].store) {
      net_.states[k].next = value(i.getArgOperand(0));
      return;
    }
  }
  if (const auto it = callees_.find(callee); it != callees_.end()) {
    std::vector<Bits> args;
    for (const Use& u : i.args()) args.push_back(value(u));
    const auto known = std::find(net_.callees.begin(), net_.callees.end(), it->second);
    const auto index = static_cast<unsigned>(known - net_.callees.begin());
    if (known == net_.callees.end()) net_.callees.push_back(it->second);
    // The ports are as wide as the callee needs them.
    const Netlist& callee_net = it->second->net;
    for (size_t k = 0; k < args.size(); ++k) args[k] = args[k].slice(0, callee_net.args[k].width);
    const unsigned active = active_bits(callee_net.result);
    if (active == 0) return define(i, callee_net.result);
    Node* n = net_.make(Op::Call, active, std::move(args), index);
    return define(i, net_.resize(Bits(n), width_of(&i, i)));
  }
  auto* intrinsic = dyn_cast<IntrinsicInst>(&i);
  if (!intrinsic) reject(i, "function '" + callee->getName().str() + "' has no body here");
  translate_intrinsic(*intrinsic);
}

void Builder::translate_intrinsic(IntrinsicInst& i) {
  auto op = [&](unsigned k) { return value(i.getArgOperand(k)); };
  switch (i.getIntrinsicID()) {
    case Intrinsic::assume:
    case Intrinsic::lifetime_start:
    case Intrinsic::lifetime_end:
    case Intrinsic::experimental_noalias_scope_decl:
    case Intrinsic::donothing:
      return;
    case Intrinsic::bswap:
      return define(i, net_.reversed(op(0), 8));
    case Intrinsic::bitreverse:
      return define(i, net_.reversed(op(0), 1));
    case Intrinsic::ctpop:
      return define(i, net_.popcount(op(0)));
    case Intrinsic::umin:
      return define(i, net_.mux(net_.ult(op(0), op(1)), op(0), op(1)));
    case Intrinsic::umax:
      return define(i, net_.mux(net_.ult(op(0), op(1)), op(1), op(0)));
    case Intrinsic::smin:
      return define(i, net_.mux(net_.slt(op(0), op(1)), op(0), op(1)));
    case Intrinsic::smax:
      return define(i, net_.mux(net_.slt(op(0), op(1)), op(1), op(0)));
    case Intrinsic::usub_sat:
      return define(i, net_.mux(net_.ult(op(0), op(1)), net_.constant(op(0).width(), 0), net_.sub(op(0), op(1))));
    case Intrinsic::uadd_sat: {
      const unsigned w = op(0).width();
      const Bits sum = net_.add(net_.resize(op(0), w + 1), net_.resize(op(1), w + 1));
      return define(i, net_.mux(sum.slice(w, 1), net_.constant(APInt::getAllOnes(w)), sum.slice(0, w)));
    }
    case Intrinsic::abs: {
      const Bits a = op(0);
      return define(i, net_.mux(a.slice(a.width() - 1, 1), net_.sub(net_.constant(a.width(), 0), a), a));
    }
    case Intrinsic::fshl:
    case Intrinsic::fshr: {
      const unsigned w = op(0).width();
      const bool left = i.getIntrinsicID() == Intrinsic::fshl;
      Bits both = op(1), by = op(2);
      both.append(op(0));
      APInt n;
      if (is_constant(by, n)) {
        const auto k = static_cast<unsigned>(n.urem(w));
        return define(i, both.slice(left ? w - k : k, w));
      }
      if ((w & (w - 1)) != 0) reject(i, "a rotation by a variable amount of a width that is not a power of two");
      unsigned bits = 0;
      while ((1u << bits) < w) ++bits;
      by = net_.resize(by.slice(0, bits), both.width());
      return define(i, left ? net_.shift(Op::Shl, both, by).slice(w, w) : net_.shift(Op::Lshr, both, by).slice(0, w));
    }
    case Intrinsic::uadd_with_overflow:
    case Intrinsic::usub_with_overflow:
      return;  // see translate_extract
    default:
      reject(i, "intrinsic '" + i.getCalledFunction()->getName().str() + "' is not supported");
  }
}

}  // namespace xhls
