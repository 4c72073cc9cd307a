// SPDX-License-Identifier: Apache-2.0
//
// Static variables: their initial values, and those that are accessed at constant places become registers.
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Operator.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/Utils/UnifyFunctionExitNodes.h>

#include <algorithm>

#include "normaliser.h"

namespace xhls {

using namespace llvm;

std::optional<uint8_t> initial_byte(const GlobalVariable& g, uint64_t offset) {
  Constant* init = const_cast<Constant*>(g.getInitializer());
  if (init->isNullValue() || isa<UndefValue>(init)) return 0;
  if (const auto* n = dyn_cast<ConstantInt>(init))  // also of a width that is not whole bytes
    return static_cast<uint8_t>(n->getValue().lshr(static_cast<unsigned>(8 * offset)).getLoBits(8).getZExtValue());
  Constant* byte = ConstantFoldLoadFromConst(init, Type::getInt8Ty(g.getContext()), APInt(64, offset),
                                             g.getParent()->getDataLayout());
  if (const auto* n = dyn_cast_or_null<ConstantInt>(byte)) return static_cast<uint8_t>(n->getZExtValue());
  if (byte && isa<UndefValue>(byte)) return 0;
  return std::nullopt;
}

// Collects the accesses of a global. False when it is indexed at run time (a RAM).
bool Normaliser::collect(GlobalVariable& g, std::vector<Access>& accesses) {
  const DataLayout& dl = m_.getDataLayout();
  std::vector<Value*> work{&g};
  std::set<Value*> seen;
  while (!work.empty()) {
    Value* p = work.back();
    work.pop_back();
    for (User* u : p->users()) {
      if (!seen.insert(u).second) continue;
      if (isa<GEPOperator>(u) || isa<BitCastOperator>(u)) {
        work.push_back(u);
        continue;
      }
      Value* pointer = nullptr;
      Type* type = nullptr;
      if (auto* l = dyn_cast<LoadInst>(u)) {
        pointer = l->getPointerOperand();
        type = l->getType();
      } else if (auto* s = dyn_cast<StoreInst>(u)) {
        if (s->getValueOperand() == p) throw Reject(location(*s), "the address of '" + source_name(g) + "' is stored");
        pointer = s->getPointerOperand();
        type = s->getValueOperand()->getType();
      } else {
        return false;  // the builder reports what it cannot follow
      }
      if (!type->isIntegerTy()) return false;
      APInt offset(64, 0);
      if (pointer->stripAndAccumulateConstantOffsets(dl, offset, true) != &g) return false;
      accesses.push_back({cast<Instruction>(u), offset.getZExtValue(), dl.getTypeStoreSize(type)});
    }
  }
  return true;
}

// Static variables that are accessed at constant places become values: read at entry, written back at the end.
void Normaliser::promote_states() {
  Function& top = *program_.top;
  {
    FunctionAnalysisManager fam;
    PassBuilder().registerFunctionAnalyses(fam);
    UnifyFunctionExitNodesPass().run(top, fam);
  }
  const DataLayout& dl = m_.getDataLayout();
  Instruction* exit = nullptr;
  for (BasicBlock& b : top)
    if (isa<ReturnInst>(b.getTerminator())) exit = b.getTerminator();
  if (!exit) throw Reject(location(top), "the top function never returns");
  std::vector<GlobalVariable*> globals;
  for (GlobalVariable& g : m_.globals())
    if (!g.isConstant() && !g.getName().starts_with("llvm.") && !g.isDeclaration()) globals.push_back(&g);
  for (GlobalVariable* g : globals) {
    std::vector<Access> accesses;
    if (!collect(*g, accesses) || accesses.empty()) continue;
    // Overlapping accesses share a register; the parts of a struct that are not accessed together do not.
    std::sort(accesses.begin(), accesses.end(), [](const Access& a, const Access& b) { return a.offset < b.offset; });
    for (size_t i = 0; i < accesses.size();) {
      const uint64_t lo = accesses[i].offset;
      uint64_t hi = lo + accesses[i].size;
      size_t j = i + 1;
      for (; j < accesses.size() && accesses[j].offset < hi; ++j)
        hi = std::max(hi, accesses[j].offset + accesses[j].size);
      promote(*g, lo, hi, &accesses[i], &accesses[j - 1] + 1, *exit, dl);
      i = j;
    }
  }
}

void Normaliser::promote(GlobalVariable& g, uint64_t lo, uint64_t hi, Access* first, Access* last, Instruction& exit,
                         const DataLayout& dl) {
  LLVMContext& c = m_.getContext();
  const auto width = static_cast<unsigned>(8 * (hi - lo));
  Type* type = IntegerType::get(c, width);
  StateVariable s;
  s.name = source_name(g);
  if (hi - lo != dl.getTypeAllocSize(g.getValueType())) s.name += "_" + std::to_string(lo);
  s.width = width;
  s.loc = location(g);
  s.init = APInt(width, 0);
  for (uint64_t i = lo; i < hi; ++i) {
    const std::optional<uint8_t> byte = initial_byte(g, i);
    if (!byte) throw Reject(s.loc, "the initialiser of '" + s.name + "' is not a number");
    s.init.insertBits(APInt(8, *byte), static_cast<unsigned>(8 * (i - lo)));
  }
  const std::string id = std::to_string(program_.states.size());
  s.load = Function::Create(FunctionType::get(type, false), GlobalValue::ExternalLinkage, "xhls.load." + id, m_);
  s.load->setMemoryEffects(MemoryEffects::none());
  s.load->addFnAttr(Attribute::WillReturn);
  s.load->addFnAttr(Attribute::NoUnwind);
  s.store = Function::Create(FunctionType::get(Type::getVoidTy(c), {type}, false), GlobalValue::ExternalLinkage,
                             "xhls.store." + id, m_);
  s.store->addFnAttr(Attribute::WillReturn);
  s.store->addFnAttr(Attribute::NoUnwind);
  s.store->setMemoryEffects(MemoryEffects::inaccessibleMemOnly());
  IRBuilder<> entry(&*program_.top->getEntryBlock().getFirstInsertionPt());
  Value* slot = entry.CreateAlloca(type, nullptr, s.name);
  entry.CreateStore(entry.CreateCall(s.load), slot);
  for (Access* a = first; a != last; ++a) {
    IRBuilder<> b(a->at);
    Value* p = a->offset == lo ? slot : b.CreateConstInBoundsGEP1_64(Type::getInt8Ty(c), slot, a->offset - lo);
    // Whole bytes, and aligned as the slot is.
    Type* bytes = IntegerType::get(c, static_cast<unsigned>(8 * a->size));
    b.SetCurrentDebugLocation(a->at->getDebugLoc());
    if (auto* l = dyn_cast<LoadInst>(a->at)) {
      l->replaceAllUsesWith(b.CreateTrunc(b.CreateAlignedLoad(bytes, p, Align(1)), l->getType()));
    } else {
      Value* v = cast<StoreInst>(a->at)->getValueOperand();
      b.CreateAlignedStore(b.CreateZExt(v, bytes), p, Align(1));
    }
    a->at->eraseFromParent();
  }
  IRBuilder<> b(&exit);
  b.CreateCall(s.store, {b.CreateLoad(type, slot)});
  program_.states.push_back(std::move(s));
}

}  // namespace xhls
