// SPDX-License-Identifier: Apache-2.0
#include "normalise.h"

#include <llvm/ADT/SCCIterator.h>
#include <llvm/Analysis/CallGraph.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Operator.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/UnifyFunctionExitNodes.h>

#include <algorithm>
#include <map>

#include "pointers.h"

namespace xhls {

using namespace llvm;

namespace {

bool is_stand_in(StringRef file) {
  return file.ends_with("ap_int.h") || file.ends_with("hls_stream.h");
}

}  // namespace

Loc location(const Instruction& i) {
  const DILocation* at = i.getDebugLoc();
  Loc loc;
  for (const DILocation* l = at; l; l = l->getInlinedAt()) {
    if (l->getLine() == 0) continue;
    loc = {l->getFilename().str(), l->getLine()};
    if (!is_stand_in(l->getFilename())) break;
  }
  if (loc.known()) return loc;
  for (const Value* v : i.operands())  // a merged path stands where what it merges stands
    if (const auto* o = dyn_cast<Instruction>(v); o && o->getDebugLoc() && o != &i) return location(*o);
  return location(*i.getFunction());
}

Loc location(const Function& f) {
  if (const DISubprogram* sp = f.getSubprogram()) return {sp->getFilename().str(), sp->getLine()};
  return {f.getParent()->getSourceFileName(), 0};
}

Loc location(const GlobalVariable& g) {
  SmallVector<DIGlobalVariableExpression*, 1> infos;
  g.getDebugInfo(infos);
  if (!infos.empty()) return {infos[0]->getVariable()->getFilename().str(), infos[0]->getVariable()->getLine()};
  return {g.getParent()->getSourceFileName(), 0};
}

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

std::string source_name(const Function& f) {
  if (const DISubprogram* sp = f.getSubprogram()) return sp->getName().str();
  return f.getName().str();
}

std::string source_name(const GlobalVariable& g) {
  SmallVector<DIGlobalVariableExpression*, 1> infos;
  g.getDebugInfo(infos);
  return infos.empty() ? g.getName().str() : infos[0]->getVariable()->getName().str();
}

namespace {

class Normaliser {
 public:
  Normaliser(Module& m, const Options& o, const std::set<Function*>& no_inline)
      : m_(m), options_(o), no_inline_(no_inline) {}

  Program run() {
    find_top();
    check_no_recursion();
    for (Function* f : no_inline_)
      if (f != program_.top && !f->isDeclaration() && !f->use_empty()) wrap(f);
    mark_inlining();
    optimise();
    drop_dead();
    check_static_initialisers();
    for (Function* f : program_.modules) check_pure(*f);
    promote_states();
    clean_up();
    for (Function& f : m_)
      if (!f.isDeclaration()) check_shape(f);
    return program_;
  }

 private:
  void find_top() {
    for (Function& f : m_)
      if (!f.isDeclaration() && f.getSubprogram() && f.getSubprogram()->getName() == options_.top) {
        if (program_.top) throw Reject(location(f), "two functions are named '" + options_.top + "'");
        program_.top = &f;
      }
    if (!program_.top) throw Reject({options_.source, 0}, "no function '" + options_.top + "' in this source");
    if (!program_.top->getReturnType()->isVoidTy())
      throw Reject(location(*program_.top), "the top function returns a value; it must be void");
  }

  void check_no_recursion() {
    CallGraph graph(m_);
    for (scc_iterator<CallGraph*> it = scc_begin(&graph); !it.isAtEnd(); ++it)
      if (it.hasCycle())
        for (CallGraphNode* n : *it)
          if (Function* f = n->getFunction())
            throw Reject(location(*f), "function '" + source_name(*f) + "' is recursive");
  }

  // Bytes of a C++ type, and whether a parameter of it is read-only.
  static uint64_t bytes_of(const DIType* t, const Loc& loc) {
    for (;;) {
      if (const auto* d = dyn_cast_or_null<DIDerivedType>(t)) {
        if (d->getTag() == dwarf::DW_TAG_typedef || d->getTag() == dwarf::DW_TAG_const_type) {
          t = d->getBaseType();
          continue;
        }
      }
      break;
    }
    if (!t || t->getSizeInBits() == 0) throw Reject(loc, "argument or result type without a size");
    return t->getSizeInBits() / 8;
  }
  static const DIType* strip_reference(const DIType* t, const Loc& loc) {
    const auto* d = dyn_cast_or_null<DIDerivedType>(t);
    while (d && d->getTag() == dwarf::DW_TAG_typedef) d = dyn_cast_or_null<DIDerivedType>(d->getBaseType());
    if (!d) return t;
    if (d->getTag() == dwarf::DW_TAG_pointer_type)
      throw Reject(loc, "a non-inlined function takes values and const references, not pointers");
    if (d->getTag() != dwarf::DW_TAG_reference_type) return t;
    const auto* target = dyn_cast_or_null<DIDerivedType>(d->getBaseType());
    if (!target || target->getTag() != dwarf::DW_TAG_const_type)
      throw Reject(loc, "a non-inlined function takes values and const references; return results instead");
    return target;
  }

  // f(sret*, a*, b*) becomes f.hw(iA, iB) -> iR, with f inlined into it: memory turns into values at the call.
  void wrap(Function* f) {
    const Loc loc = location(*f);
    LLVMContext& c = m_.getContext();
    const DITypeRefArray types = f->getSubprogram()->getType()->getTypeArray();
    const bool sret = f->arg_size() > 0 && f->hasParamAttribute(0, Attribute::StructRet);
    if (f->isVarArg() || types.size() != f->arg_size() + (sret ? 0 : 1))
      throw Reject(loc, "non-inlined function '" + source_name(*f) + "' has arguments of an unsupported kind");
    if (!sret && !f->getReturnType()->isIntegerTy())
      throw Reject(loc, "non-inlined function '" + source_name(*f) + "' must return a value");
    Type* result = sret ? IntegerType::get(c, static_cast<unsigned>(8 * bytes_of(types[0], loc))) : f->getReturnType();
    std::vector<Type*> params;
    for (unsigned i = sret; i < f->arg_size(); ++i) {
      Type* t = f->getArg(i)->getType();
      if (t->isPointerTy()) {
        const DIType* d = strip_reference(types[i + (sret ? 0 : 1)], loc);
        t = IntegerType::get(c, static_cast<unsigned>(8 * bytes_of(d, loc)));
      } else if (!t->isIntegerTy()) {
        throw Reject(loc, "non-inlined function '" + source_name(*f) + "' has an argument that is not an integer");
      }
      params.push_back(t);
    }
    Function* hw = Function::Create(FunctionType::get(result, params, false), GlobalValue::InternalLinkage,
                                    f->getName() + ".hw", m_);
    hw->addFnAttr(Attribute::NoInline);
    hw->setSubprogram(nullptr);
    hw->addFnAttr(Attribute::NoUnwind);
    hw->addFnAttr(Attribute::WillReturn);
    hw->addFnAttr("no-jump-tables", "true");
    hw->setMemoryEffects(MemoryEffects::none());
    for (unsigned i = sret; i < f->arg_size(); ++i) hw->getArg(i - sret)->setName(f->getArg(i)->getName());

    // Call sites first, so that the one in f.hw is not rewritten.
    std::vector<CallInst*> calls;
    for (User* u : f->users()) {
      auto* call = dyn_cast<CallInst>(u);
      if (!call || call->getCalledFunction() != f)
        throw Reject(loc, "the address of '" + source_name(*f) + "' is taken");
      calls.push_back(call);
    }
    for (CallInst* call : calls) {
      IRBuilder<> b(call);
      std::vector<Value*> values;
      for (unsigned i = sret; i < f->arg_size(); ++i) {
        Value* v = call->getArgOperand(i);
        Type* t = params[i - sret];
        values.push_back(v->getType()->isPointerTy() ? b.CreateLoad(t, v) : v);
      }
      CallInst* r = b.CreateCall(hw, values);
      r->setDebugLoc(call->getDebugLoc());
      if (sret)
        b.CreateStore(r, call->getArgOperand(0));
      else
        call->replaceAllUsesWith(r);
      call->eraseFromParent();
    }
    IRBuilder<> b(BasicBlock::Create(c, "entry", hw));
    std::vector<Value*> args;
    Value* out = nullptr;
    if (sret) args.push_back(out = b.CreateAlloca(result));
    for (unsigned i = sret; i < f->arg_size(); ++i) {
      Argument* a = hw->getArg(i - sret);
      if (!f->getArg(i)->getType()->isPointerTy()) {
        args.push_back(a);
        continue;
      }
      args.push_back(b.CreateAlloca(a->getType()));
      b.CreateStore(a, args.back());
    }
    CallInst* inner = b.CreateCall(f, args);
    // Within a function without a subprogram a call needs no location; its body keeps its own.
    b.CreateRet(sret ? static_cast<Value*>(b.CreateLoad(result, out)) : inner);
    attach_subprogram(hw, f, inner);
    program_.modules.push_back(hw);
    module_names_.push_back(hw->getName().str());
  }

  void attach_subprogram(Function* hw, Function* f, CallInst* inner) {
    DISubprogram* sp = f->getSubprogram();
    DISubprogram* copy = sp->getDistinct(m_.getContext(), sp->getScope(), sp->getName(), hw->getName(), sp->getFile(),
                                         sp->getLine(), sp->getType(), sp->getScopeLine(), nullptr, 0, 0,
                                         sp->getFlags(), sp->getSPFlags(), sp->getUnit());
    hw->setSubprogram(copy);
    inner->setDebugLoc(DILocation::get(m_.getContext(), sp->getLine(), 0, copy));
    for (Instruction& i : hw->front())
      if (!i.getDebugLoc()) i.setDebugLoc(inner->getDebugLoc());
  }

  void mark_inlining() {
    const std::set<Function*> modules(program_.modules.begin(), program_.modules.end());
    for (Function& f : m_) {
      if (f.isDeclaration() || modules.count(&f)) continue;
      f.removeFnAttr(Attribute::NoInline);
      if (&f == program_.top) continue;
      f.setLinkage(GlobalValue::InternalLinkage);
      f.setComdat(nullptr);
      f.addFnAttr(Attribute::AlwaysInline);
    }
    for (GlobalVariable& g : m_.globals())
      if (!g.isDeclaration() && !g.getName().starts_with("llvm.")) {
        g.setLinkage(GlobalValue::InternalLinkage);
        g.setComdat(nullptr);
      }
    program_.top->setLinkage(GlobalValue::ExternalLinkage);
    program_.top->setComdat(nullptr);
    for (Argument& a : program_.top->args())
      if (a.getType()->isPointerTy()) a.addAttr(Attribute::NoAlias);
  }

  template <class F>
  void with_passes(F f) {
    PipelineTuningOptions tuning;
    tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopInterleaving = false;
    PassBuilder builder(nullptr, tuning);
    LoopAnalysisManager lam;
    FunctionAnalysisManager fam;
    CGSCCAnalysisManager cgam;
    ModuleAnalysisManager mam;
    builder.registerModuleAnalyses(mam);
    builder.registerCGSCCAnalyses(cgam);
    builder.registerFunctionAnalyses(fam);
    builder.registerLoopAnalyses(lam);
    builder.crossRegisterProxies(lam, fam, cgam, mam);
    ModulePassManager passes;
    f(builder, passes);
    passes.run(m_, mam);
  }

  void optimise() {
    with_passes([](PassBuilder&, ModulePassManager& passes) {
      FunctionPassManager f;
      f.addPass(SROAPass(SROAOptions::PreserveCFG));
      f.addPass(EarlyCSEPass());
      f.addPass(SimplifyCFGPass());
      passes.addPass(AlwaysInlinerPass());
      passes.addPass(createModuleToFunctionPassAdaptor(std::move(f)));
    });
    for (Function& f : m_) choose_values(f);
    with_passes([](PassBuilder& builder, ModulePassManager& passes) {
      passes.addPass(builder.buildPerModuleDefaultPipeline(OptimizationLevel::O2));
    });
  }

  // Passes erase functions that nothing calls any more, and replace others under their name: names last, pointers do not.
  void drop_dead() {
    with_passes([](PassBuilder&, ModulePassManager& passes) { passes.addPass(GlobalDCEPass()); });
    program_.modules.clear();
    for (const std::string& name : module_names_)
      if (Function* f = m_.getFunction(name)) program_.modules.push_back(f);
  }

  void check_static_initialisers() {
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
                if (i.mayWriteToMemory())
                  throw Reject(location(i), "a global variable's initialiser is not a constant");
  }

  static void check_pure(Function& f) {
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

  // One access of a static variable at a constant place.
  struct Access {
    Instruction* at;
    uint64_t offset, size;
  };

  // Collects the accesses of a global. False when it is indexed at run time (a RAM).
  bool collect(GlobalVariable& g, std::vector<Access>& accesses) {
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
          if (s->getValueOperand() == p)
            throw Reject(location(*s), "the address of '" + source_name(g) + "' is stored");
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
  void promote_states() {
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

  void promote(GlobalVariable& g, uint64_t lo, uint64_t hi, Access* first, Access* last, Instruction& exit,
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

  void clean_up() {
    with_passes([](PassBuilder&, ModulePassManager& passes) {
      FunctionPassManager f;
      const auto cfg = SimplifyCFGOptions().bonusInstThreshold(8);
      f.addPass(SROAPass(SROAOptions::ModifyCFG));
      f.addPass(EarlyCSEPass(true));
      f.addPass(SimplifyCFGPass(cfg));
      f.addPass(InstCombinePass());
      f.addPass(GVNPass());
      f.addPass(SimplifyCFGPass(cfg));
      f.addPass(InstCombinePass());
      f.addPass(ADCEPass());
      f.addPass(SimplifyCFGPass(cfg));
      passes.addPass(createModuleToFunctionPassAdaptor(std::move(f)));
    });
    drop_dead();
    for (StateVariable& s : program_.states) {  // GlobalDCE removes what has no call left
      s.load = m_.getFunction("xhls.load." + std::to_string(&s - program_.states.data()));
      s.store = m_.getFunction("xhls.store." + std::to_string(&s - program_.states.data()));
    }
  }

  void check_shape(Function& f) {
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

  static std::string local_name(const Instruction& i) { return i.hasName() ? " ('" + i.getName().str() + "')" : ""; }
  static Loc alloca_location(Instruction& i) {
    for (User* u : i.users())
      if (auto* gep = dyn_cast<GetElementPtrInst>(u))
        if (!gep->hasAllConstantIndices()) return location(*gep);
    for (User* u : i.users())
      if (auto* user = dyn_cast<Instruction>(u); user && user->getDebugLoc()) return location(*user);
    return location(i);
  }

  Module& m_;
  const Options& options_;
  const std::set<Function*>& no_inline_;
  std::vector<std::string> module_names_;  // of program_.modules
  Program program_{};
};

}  // namespace

Program normalise(Module& module, const Options& options, const std::set<Function*>& no_inline) {
  static bool set = false;
  if (!set) {
    const char* const args[] = {"xhls", "-unroll-threshold=1000000", "-unroll-max-count=4096",
                                "-unroll-full-max-count=4096", "-unroll-max-iteration-count-to-analyze=4096",
                                "-inline-threshold=1000000",
                                // What saves instructions on a processor by copying or merging paths makes second
                                // sites of a RAM or a stream out of one.
                                "-jump-threading-threshold=0", "-sink-common-insts=false", "-hoist-common-insts=false",
                                "-enable-load-pre=false", "-enable-pre=false", "-instcombine-code-sinking=false"};
    cl::ParseCommandLineOptions(static_cast<int>(std::size(args)), args);
    set = true;
  }
  return Normaliser(module, options, no_inline).run();
}

}  // namespace xhls
