// SPDX-License-Identifier: Apache-2.0
//
// Instructions become nodes.
#include <llvm/IR/Constants.h>

#include <algorithm>

#include "builder.h"

namespace xhls {

using namespace llvm;

unsigned Builder::width_of(const Value* v, const Instruction& at) {
  if (!v->getType()->isIntegerTy()) reject(at, "a value that is not an integer");
  return v->getType()->getIntegerBitWidth();
}

Bits Builder::value(const Value* v) {
  if (const auto* c = dyn_cast<ConstantInt>(v)) return net_.constant(c->getValue());
  if (isa<UndefValue>(v) && v->getType()->isIntegerTy()) return net_.constant(v->getType()->getIntegerBitWidth(), 0);
  const auto it = values_.find(v);
  if (it != values_.end()) return it->second;
  Loc loc = m_.loc;
  if (const auto* i = dyn_cast<Instruction>(v)) loc = location(*i);
  throw Reject(loc, "an expression of a kind that is not supported");
}

void Builder::define(const Instruction& i, Bits b) {
  // A name from the source goes to the node that carries the value.
  if (Node* n = b.whole_node(); n && n->name.empty()) n->name = net_.hint;
  values_[&i] = std::move(b);
}

void Builder::translate(Instruction& i) {
  if (i.isTerminator()) {
    if (auto* ret = dyn_cast<ReturnInst>(&i); ret && ret->getReturnValue()) net_.result = value(ret->getReturnValue());
    return;
  }
  if (isa<GetElementPtrInst>(i)) return;
  if (auto* call = dyn_cast<CallInst>(&i)) return translate_call(*call);
  if (auto* load = dyn_cast<LoadInst>(&i)) return translate_load(*load);
  if (auto* store = dyn_cast<StoreInst>(&i)) return translate_store(*store);
  if (i.getType()->isPointerTy() && (isa<SelectInst>(i) || isa<PHINode>(i))) return;
  if (auto* extract = dyn_cast<ExtractValueInst>(&i)) return translate_extract(*extract);
  const unsigned width = width_of(&i, i);
  auto op = [&](unsigned k) { return value(i.getOperand(k)); };
  switch (i.getOpcode()) {
    case Instruction::Add:
      return define(i, net_.add(op(0), op(1)));
    case Instruction::Sub:
      return define(i, net_.sub(op(0), op(1)));
    case Instruction::Mul:
      return define(i, net_.mul(op(0), op(1)));
    case Instruction::And:
      return define(i, net_.bitwise(Op::And, op(0), op(1)));
    case Instruction::Or:
      return define(i, net_.bitwise(Op::Or, op(0), op(1)));
    case Instruction::Xor:
      return define(i, net_.bitwise(Op::Xor, op(0), op(1)));
    case Instruction::Shl:
      return define(i, net_.shift(Op::Shl, op(0), op(1)));
    case Instruction::LShr:
      return define(i, net_.shift(Op::Lshr, op(0), op(1)));
    case Instruction::AShr:
      return define(i, net_.shift(Op::Ashr, op(0), op(1)));
    case Instruction::Trunc:
    case Instruction::ZExt:
      return define(i, net_.resize(op(0), width));
    case Instruction::SExt:
      return define(i, net_.sign_extend(op(0), width));
    case Instruction::Freeze:
      return define(i, op(0));
    case Instruction::ICmp:
      return define(i, compare(cast<ICmpInst>(i).getPredicate(), op(0), op(1)));
    case Instruction::Select:
      return define(i, net_.mux(op(0), op(1), op(2)));
    case Instruction::PHI: {
      // The value of most ways in is what is left over: which of these ways was taken must not seem to matter.
      const auto& phi = cast<PHINode>(i);
      const unsigned n = phi.getNumIncomingValues();
      std::vector<Bits> values;
      values.reserve(n);
      for (unsigned k = 0; k < n; ++k) values.push_back(op(k));
      Bits r = *std::max_element(values.rbegin(), values.rend(), [&](const Bits& a, const Bits& b) {
        return std::count(values.begin(), values.end(), a) < std::count(values.begin(), values.end(), b);
      });
      const Bits rest = r;
      for (unsigned k = n; k-- > 0;)
        if (!(values[k] == rest)) r = net_.mux(incoming(phi, k), values[k], r);
      return define(i, r);
    }
    default:
      reject(i, std::string("operation '") + i.getOpcodeName() + "' is not supported");
  }
}

void Builder::translate_extract(ExtractValueInst& i) {
  const auto* w = dyn_cast<WithOverflowInst>(i.getAggregateOperand());
  const bool add = w && w->getIntrinsicID() == Intrinsic::uadd_with_overflow;
  if (!w || (!add && w->getIntrinsicID() != Intrinsic::usub_with_overflow) || i.getNumIndices() != 1)
    reject(i, "an aggregate of a kind that is not supported");
  const Bits a = value(w->getLHS()), b = value(w->getRHS());
  if (i.getIndices()[0] == 0) return define(i, add ? net_.add(a, b) : net_.sub(a, b));
  if (!add) return define(i, net_.ult(a, b));
  define(i, net_.add(net_.resize(a, a.width() + 1), net_.resize(b, a.width() + 1)).slice(a.width(), 1));
}

void Builder::translate_load(LoadInst& i) {
  const Value* p = i.getPointerOperand();
  const unsigned width = width_of(&i, i);
  if (const auto* arg = dyn_cast<Argument>(p->stripPointerCasts()); arg && m_.top) {
    Stream& s = net_.streams[arg->getArgNo()];
    if (!i.isVolatile()) reject(i, "stream '" + s.name + "' is accessed other than by read()");
    enter_stream(s, i, true);
    if (!s.head) {
      net_.hint = s.name;
      s.head = net_.source(Op::Input, s.width, arg->getArgNo());
    }
    return define(i, net_.resize(Bits(s.head), width));
  }
  if (GlobalVariable* g = ram_of(p)) return define(i, ram_load(i, g).slice(0, width));
  const Address a = address(p, i);
  define(i, rom_load(i, a, width));
}

void Builder::translate_store(StoreInst& i) {
  const Value* p = i.getPointerOperand();
  if (const auto* arg = dyn_cast<Argument>(p->stripPointerCasts()); arg && m_.top) {
    Stream& s = net_.streams[arg->getArgNo()];
    if (!i.isVolatile()) reject(i, "stream '" + s.name + "' is accessed other than by write()");
    const Bits data = net_.resize(value(i.getValueOperand()), s.width);
    const bool again = s.used;
    enter_stream(s, i, false);
    s.data = again ? net_.mux(path(i.getParent()), data, s.data) : data;
    return;
  }
  if (GlobalVariable* g = ram_of(p)) return ram_store(i, g);
  reject(i, "memory is written through a pointer that is not followed");
}

Bits Builder::compare(CmpInst::Predicate p, const Bits& a, const Bits& b) {
  switch (p) {
    case CmpInst::ICMP_EQ:
      return net_.eq(a, b);
    case CmpInst::ICMP_NE:
      return net_.inverted(net_.eq(a, b));
    case CmpInst::ICMP_ULT:
      return net_.ult(a, b);
    case CmpInst::ICMP_UGT:
      return net_.ult(b, a);
    case CmpInst::ICMP_ULE:
      return net_.inverted(net_.ult(b, a));
    case CmpInst::ICMP_UGE:
      return net_.inverted(net_.ult(a, b));
    case CmpInst::ICMP_SLT:
      return net_.slt(a, b);
    case CmpInst::ICMP_SGT:
      return net_.slt(b, a);
    case CmpInst::ICMP_SLE:
      return net_.inverted(net_.slt(b, a));
    default:
      return net_.inverted(net_.slt(a, b));
  }
}

}  // namespace xhls
