// SPDX-License-Identifier: Apache-2.0
#include "normalise.h"

#include "normaliser.h"
#include "pointers.h"

namespace xhls {

using namespace llvm;

Program Normaliser::run() {
  find_top();
  check_no_recursion();
  for (Function* f : directives_.modules)
    if (f != program_.top && !f->isDeclaration() && !f->use_empty()) wrap(f);
  mark_inlining();
  optimise();
  drop_dead();
  check_static_initialisers();
  for (Function* f : program_.modules) check_pure(*f);
  choose_values(*program_.top);
  promote_states();
  clean_up();
  for (Function& f : m_)
    if (!f.isDeclaration()) check_shape(f);
  program_.directives = &directives_;
  return program_;
}

void Normaliser::find_top() {
  for (Function& f : m_)
    if (!f.isDeclaration() && f.getSubprogram() && f.getSubprogram()->getName() == options_.top) {
      if (program_.top) throw Reject(location(f), "two functions are named '" + options_.top + "'");
      program_.top = &f;
    }
  if (!program_.top) throw Reject({options_.source, 0}, "no function '" + options_.top + "' in this source");
  if (!program_.top->getReturnType()->isVoidTy())
    throw Reject(location(*program_.top), "the top function returns a value; it must be void");
}

void Normaliser::mark_inlining() {
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

Program normalise(Module& module, const Options& options, const Directives& directives) {
  return Normaliser(module, options, directives).run();
}

}  // namespace xhls
