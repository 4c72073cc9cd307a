// SPDX-License-Identifier: Apache-2.0
//
// What the subset leaves out, where it shows in the IR.
#include <llvm/ADT/SCCIterator.h>
#include <llvm/Analysis/CallGraph.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>

#include "normaliser.h"

namespace xhls {

using namespace llvm;

namespace {

std::string local_name(const Instruction& i) {
  return i.hasName() ? " ('" + i.getName().str() + "')" : "";
}

Loc alloca_location(Instruction& i) {
  for (User* u : i.users())
    if (auto* gep = dyn_cast<GetElementPtrInst>(u))
      if (!gep->hasAllConstantIndices()) return location(*gep);
  for (User* u : i.users())
    if (auto* user = dyn_cast<Instruction>(u); user && user->getDebugLoc()) return location(*user);
  return location(i);
}

}  // namespace

void Normaliser::check_no_recursion() {
  CallGraph graph(m_);
  for (scc_iterator<CallGraph*> it = scc_begin(&graph); !it.isAtEnd(); ++it)
    if (it.hasCycle())
      for (CallGraphNode* n : *it)
        if (Function* f = n->getFunction())
          throw Reject(location(*f), "function '" + source_name(*f) + "' is recursive");
}

void Normaliser::check_static_initialisers() {
  for (Function& f : m_)
    if (f.getName() == "__cxa_guard_acquire" && !f.use_empty())
      for (User* u : f.users())
        throw Reject(location(*cast<Instruction>(u)), "this static variable's initialiser is not a constant");
  if (GlobalVariable* ctors = m_.getGlobalVariable("llvm.global_ctors"))
    if (auto* list = dyn_cast<ConstantArray>(ctors->getInitializer()))
      for (Value* entry : list->operands())
        if (auto* f = dyn_cast<Function>(cast<Constant>(entry)->getOperand(1)))
          for (BasicBlock& b : *f)
            for (Instruction& i : b)
              if (i.mayWriteToMemory()) throw Reject(location(i), "a global variable's initialiser is not a constant");
}

void Normaliser::check_pure(Function& f) {
  for (BasicBlock& b : f)
    for (Instruction& i : b) {
      if (auto* load = dyn_cast<LoadInst>(&i)) {
        const Value* base = getUnderlyingObject(load->getPointerOperand());
        const auto* g = dyn_cast<GlobalVariable>(base);
        if (g && g->isConstant()) continue;
        if (isa<AllocaInst>(base)) continue;  // reported as a run-time index later
      }
      if (isa<StoreInst>(i) && isa<AllocaInst>(getUnderlyingObject(i.getOperand(1)))) continue;
      if (i.isDebugOrPseudoInst() || i.isLifetimeStartOrEnd()) continue;
      if (const auto* call = dyn_cast<CallBase>(&i))
        if (call->getCalledFunction() && call->getCalledFunction()->doesNotAccessMemory()) continue;
      if (i.mayReadOrWriteMemory())
        throw Reject(location(i), "a non-inlined function is pure: no static variable and no stream in it");
    }
}

void Normaliser::check_shape(Function& f) {
  DominatorTree dt(f);
  LoopInfo loops(dt);
  for (Loop* l : loops) {
    Loc loc = location(*l->getHeader()->getTerminator());
    if (DebugLoc start = l->getStartLoc())
      loc = {cast<DIScope>(start.getScope())->getFilename().str(), start.getLine()};
    throw Reject(loc, "this loop does not unroll: its trip count is not a constant");
  }
  for (BasicBlock& b : f)
    for (Instruction& i : b) {
      if (isa<AllocaInst>(i))
        throw Reject(alloca_location(i), "a local array is indexed at run time" + local_name(i) +
                                             "; make it static (a RAM), a constant table, or index it by constants");
      if (const auto* call = dyn_cast<CallInst>(&i)) {
        const Function* callee = call->getCalledFunction();
        if (!callee) throw Reject(location(i), "call through a pointer");
      }
    }
}

}  // namespace xhls
