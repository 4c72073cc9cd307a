// SPDX-License-Identifier: Apache-2.0
#include "origin.h"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

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

std::string source_name(const Function& f) {
  if (const DISubprogram* sp = f.getSubprogram()) return sp->getName().str();
  return f.getName().str();
}

std::string source_name(const GlobalVariable& g) {
  SmallVector<DIGlobalVariableExpression*, 1> infos;
  g.getDebugInfo(infos);
  return infos.empty() ? g.getName().str() : infos[0]->getVariable()->getName().str();
}

}  // namespace xhls
