// SPDX-License-Identifier: Apache-2.0
//
// From LLVM IR to the netlist. The acyclic control flow becomes path predicates, phis become multiplexers.
#include "build.h"

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/InstIterator.h>

#include "builder.h"

namespace xhls {

using namespace llvm;

void Builder::run() {
  collect_names();
  if (m_.top)
    declare_streams();
  else
    declare_arguments();
  declare_states();
  declare_rams();
  for (BasicBlock* b : ReversePostOrderTraversal<Function*>(&f_))
    for (Instruction& i : *b) {
      if (i.isDebugOrPseudoInst()) continue;
      net_.here = location(i);
      const auto name = names_.find(&i);
      net_.hint = name == names_.end() ? std::string() : name->second;
      translate(i);
    }
  finish_rams();
  finish_streams();
}

// Names of source variables, from the debug records; those of the stand-in headers say nothing.
void Builder::collect_names() {
  auto note = [&](Value* v, const DILocalVariable* var) {
    const StringRef file = var->getFilename();
    if (!v || file.ends_with("ap_int.h") || file.ends_with("hls_stream.h") || var->isArtificial()) return;
    names_.try_emplace(v, var->getName().str());
  };
  for (Instruction& i : instructions(f_)) {
    for (DbgVariableRecord& r : filterDbgVars(i.getDbgRecordRange()))
      if (r.isDbgValue() && r.getNumVariableLocationOps() == 1) note(r.getVariableLocationOp(0), r.getVariable());
    if (auto* d = dyn_cast<DbgValueInst>(&i); d && d->getNumVariableLocationOps() == 1)
      note(d->getVariableLocationOp(0), d->getVariable());
  }
}

void Builder::declare_arguments() {
  for (Argument& a : f_.args()) {
    net_.hint = a.getName().str();
    net_.here = m_.loc;
    const auto index = static_cast<unsigned>(net_.args.size());
    Node* n = net_.source(Op::Arg, a.getType()->getIntegerBitWidth(), index);
    std::string name = a.getName().str();
    if (name.empty()) name = "arg" + std::to_string(index);
    net_.args.push_back({name, n->width, n});
    values_[&a] = Bits(n);
  }
}

void Builder::declare_states() {
  if (!m_.top) return;
  for (const StateVariable& v : program_.states) {
    State s;
    s.name = v.name;
    s.width = v.width;
    s.init = v.init;
    s.loc = v.loc;
    net_.hint = v.name;
    net_.here = v.loc;
    s.node = net_.source(Op::State, v.width, static_cast<unsigned>(net_.states.size()));
    s.next = Bits(s.node);
    net_.states.push_back(std::move(s));
  }
}

void build(Module& m, Function& f, const Program& program, const std::map<const Function*, const Module*>& callees) {
  Builder(m, f, program, callees).run();
}

}  // namespace xhls
