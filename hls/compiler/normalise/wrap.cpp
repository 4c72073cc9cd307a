// SPDX-License-Identifier: Apache-2.0
//
// Non-inlined functions become functions on values.
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/IRBuilder.h>

#include "normaliser.h"

namespace xhls {

using namespace llvm;

namespace {

// Bytes of a C++ type.
uint64_t bytes_of(const DIType* t, const Loc& loc) {
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

// What a parameter of a C++ type has as its value; a reference must be to const.
const DIType* strip_reference(const DIType* t, const Loc& loc) {
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

}  // namespace

// f(sret*, a*, b*) becomes f.hw(iA, iB) -> iR, with f inlined into it: memory turns into values at the call.
void Normaliser::wrap(Function* f) {
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
    if (!call || call->getCalledFunction() != f) throw Reject(loc, "the address of '" + source_name(*f) + "' is taken");
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

void Normaliser::attach_subprogram(Function* hw, Function* f, CallInst* inner) {
  DISubprogram* sp = f->getSubprogram();
  DISubprogram* copy = sp->getDistinct(m_.getContext(), sp->getScope(), sp->getName(), hw->getName(), sp->getFile(),
                                       sp->getLine(), sp->getType(), sp->getScopeLine(), nullptr, 0, 0, sp->getFlags(),
                                       sp->getSPFlags(), sp->getUnit());
  hw->setSubprogram(copy);
  inner->setDebugLoc(DILocation::get(m_.getContext(), sp->getLine(), 0, copy));
  for (Instruction& i : hw->front())
    if (!i.getDebugLoc()) i.setDebugLoc(inner->getDebugLoc());
}

}  // namespace xhls
