// SPDX-License-Identifier: Apache-2.0
#include "pointers.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Operator.h>

#include <set>
#include <vector>

namespace xhls {

using namespace llvm;

namespace {

// Is every place in it that is accessed known? Then it is registers, and no RAM.
bool has_fixed_places(const GlobalVariable& g) {
  std::vector<const Value*> work{&g};
  std::set<const Value*> seen;
  while (!work.empty()) {
    const Value* p = work.back();
    work.pop_back();
    for (const User* u : p->users()) {
      if (const auto* gep = dyn_cast<GEPOperator>(u); gep && !gep->hasAllConstantIndices()) return false;
      if ((isa<GEPOperator>(u) || isa<SelectInst>(u) || isa<PHINode>(u)) && seen.insert(u).second) work.push_back(u);
    }
  }
  return true;
}

// Do all choices end in local variables, or in static ones that are registers?
bool is_local(const Value* p, unsigned depth) {
  if (depth > 64) return false;
  if (const auto* s = dyn_cast<SelectInst>(p))
    return is_local(s->getTrueValue(), depth + 1) && is_local(s->getFalseValue(), depth + 1);
  if (const auto* phi = dyn_cast<PHINode>(p)) {
    for (const Value* v : phi->incoming_values())
      if (!is_local(v, depth + 1)) return false;
    return true;
  }
  if (const auto* gep = dyn_cast<GEPOperator>(p))
    return gep->hasAllConstantIndices() && is_local(gep->getPointerOperand(), depth + 1);
  if (const auto* g = dyn_cast<GlobalVariable>(p)) return !g->isConstant() && has_fixed_places(*g);
  return isa<AllocaInst>(p);
}

// A read at the end of each way into the phi's block sees the same only if nothing is written on to the load.
bool no_write_before(const PHINode& phi, const LoadInst& load) {
  if (phi.getParent() != load.getParent()) return false;
  for (const Instruction& i : *phi.getParent()) {
    if (&i == &load) return true;
    if (i.mayWriteToMemory() && !i.isLifetimeStartOrEnd() && !i.isDebugOrPseudoInst()) return false;
  }
  return false;
}

bool split(LoadInst& load) {
  Value* p = load.getPointerOperand();
  auto* gep = dyn_cast<GetElementPtrInst>(p);
  if (gep && gep->hasAllConstantIndices()) p = gep->getPointerOperand();
  auto read = [&](IRBuilder<>& b, Value* from) {
    if (gep && gep->hasAllConstantIndices()) {
      Instruction* copy = gep->clone();
      copy->setOperand(0, from);
      b.Insert(copy);
      from = copy;
    }
    LoadInst* r = b.CreateAlignedLoad(load.getType(), from, load.getAlign());
    r->setDebugLoc(load.getDebugLoc());
    return r;
  };
  if (!is_local(p, 0)) return false;
  Value* result = nullptr;
  if (auto* s = dyn_cast<SelectInst>(p)) {
    IRBuilder<> b(&load);
    Value* yes = read(b, s->getTrueValue());
    Value* no = read(b, s->getFalseValue());
    result = b.CreateSelect(s->getCondition(), yes, no);
  } else if (auto* phi = dyn_cast<PHINode>(p); phi && no_write_before(*phi, load)) {
    IRBuilder<> b(phi);
    PHINode* values = b.CreatePHI(load.getType(), phi->getNumIncomingValues());
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
      const int done = values->getBasicBlockIndex(phi->getIncomingBlock(i));
      if (done >= 0) {
        values->addIncoming(values->getIncomingValue(static_cast<unsigned>(done)), phi->getIncomingBlock(i));
        continue;
      }
      IRBuilder<> at(phi->getIncomingBlock(i)->getTerminator());
      values->addIncoming(read(at, phi->getIncomingValue(i)), phi->getIncomingBlock(i));
    }
    result = values;
  } else {
    return false;
  }
  load.replaceAllUsesWith(result);
  load.eraseFromParent();
  return true;
}

// What only chose a pointer would still count as an access of the variable.
void drop_unused_pointers(Function& f) {
  for (bool changed = true; changed;) {
    changed = false;
    for (Instruction& i : make_early_inc_range(instructions(f)))
      if (i.use_empty() && i.getType()->isPointerTy() &&
          (isa<SelectInst>(i) || isa<PHINode>(i) || isa<GEPOperator>(i))) {
        i.eraseFromParent();
        changed = true;
      }
  }
}

}  // namespace

bool choose_values(Function& f) {
  bool any = false;
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<LoadInst*> loads;
    for (Instruction& i : instructions(f))
      if (auto* load = dyn_cast<LoadInst>(&i); load && load->isSimple()) loads.push_back(load);
    for (LoadInst* load : loads) changed |= split(*load);
    any |= changed;
  }
  if (any) drop_unused_pointers(f);
  return any;
}

}  // namespace xhls
