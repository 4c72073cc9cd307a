// SPDX-License-Identifier: Apache-2.0
//
// LLVM's passes: which run, and how they are set.
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
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include "normaliser.h"
#include "pointers.h"

namespace xhls {

using namespace llvm;

namespace {

// The passes' options exist once in a process.
void set_options() {
  static bool set = false;
  if (set) return;
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

template <class F>
void with_passes(Module& m, F f) {
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
  passes.run(m, mam);
}

}  // namespace

void Normaliser::optimise() {
  set_options();
  with_passes(m_, [](PassBuilder&, ModulePassManager& passes) {
    FunctionPassManager f;
    f.addPass(SROAPass(SROAOptions::PreserveCFG));
    f.addPass(EarlyCSEPass());
    f.addPass(SimplifyCFGPass());
    passes.addPass(AlwaysInlinerPass());
    passes.addPass(createModuleToFunctionPassAdaptor(std::move(f)));
  });
  for (Function& f : m_) choose_values(f);
  with_passes(m_, [](PassBuilder& builder, ModulePassManager& passes) {
    passes.addPass(builder.buildPerModuleDefaultPipeline(OptimizationLevel::O2));
  });
}

// Passes erase functions that nothing calls any more, and replace others under their name: names last, pointers do not.
void Normaliser::drop_dead() {
  with_passes(m_, [](PassBuilder&, ModulePassManager& passes) { passes.addPass(GlobalDCEPass()); });
  program_.modules.clear();
  for (const std::string& name : module_names_)
    if (Function* f = m_.getFunction(name)) program_.modules.push_back(f);
}

namespace {

// A switch over all values has a default that nothing reaches, and with it an end of the function beside the return:
// nothing would be sure to run any more. Its last case becomes the default.
void drop_unreachable_defaults(Function& f) {
  for (BasicBlock& b : f) {
    auto* s = dyn_cast<SwitchInst>(b.getTerminator());
    if (!s || s->getNumCases() == 0 || !isa<UnreachableInst>(s->getDefaultDest()->front())) continue;
    const auto last = std::prev(s->case_end());
    s->setDefaultDest(last->getCaseSuccessor());
    s->removeCase(last);
  }
  EliminateUnreachableBlocks(f);
}

}  // namespace

void Normaliser::clean_up() {
  with_passes(m_, [](PassBuilder&, ModulePassManager& passes) {
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
  for (Function& f : m_)
    if (!f.isDeclaration()) drop_unreachable_defaults(f);
  drop_dead();
  for (StateVariable& s : program_.states) {  // GlobalDCE removes what has no call left
    s.load = m_.getFunction("xhls.load." + std::to_string(&s - program_.states.data()));
    s.store = m_.getFunction("xhls.store." + std::to_string(&s - program_.states.data()));
  }
}

}  // namespace xhls
