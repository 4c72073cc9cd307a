// SPDX-License-Identifier: Apache-2.0
//
// The top function's arguments, and their accesses: one a call on any path.
#include <llvm/IR/DebugInfoMetadata.h>

#include "builder.h"

namespace xhls {

using namespace llvm;

namespace {

const DICompositeType* class_of(const DIType* t) {
  while (const auto* d = dyn_cast_or_null<DIDerivedType>(t)) t = d->getBaseType();
  return dyn_cast_or_null<DICompositeType>(t);
}

}  // namespace

void Builder::declare_streams() {
  const Loc loc = location(f_);
  const DITypeRefArray types = f_.getSubprogram()->getType()->getTypeArray();
  if (types.size() != f_.arg_size() + 1) throw Reject(loc, "the top function's arguments are not all streams");
  for (Argument& a : f_.args()) {
    const DICompositeType* stream = class_of(types[a.getArgNo() + 1]);
    unsigned width = 0;
    if (stream && stream->getName().starts_with("stream<"))
      for (const DINode* n : stream->getTemplateParams())
        if (const auto* param = dyn_cast<DITemplateTypeParameter>(n))
          if (const DICompositeType* payload = class_of(param->getType());
              payload && payload->getName().starts_with("ap_uint<"))
            for (const DINode* p : payload->getTemplateParams())
              if (const auto* v = dyn_cast<DITemplateValueParameter>(p))
                if (const auto* md = dyn_cast_or_null<ConstantAsMetadata>(v->getValue()))
                  width = static_cast<unsigned>(cast<ConstantInt>(md->getValue())->getZExtValue());
    Stream s;
    s.name = a.getName().str();
    s.loc = loc;
    if (stream && a.use_empty()) throw Reject(loc, "stream '" + s.name + "' is never read and never written");
    if (width == 0) throw Reject(loc, "argument '" + s.name + "' is not a reference to hls::stream<ap_uint<W>>");
    if (width % 8 != 0) throw Reject(loc, "stream '" + s.name + "': a width that is not a multiple of 8 bits");
    s.width = width;
    net_.streams.push_back(std::move(s));
  }
}

void Builder::enter_stream(Stream& s, const Instruction& i, bool input) {
  if (s.used && s.input != input) reject(i, "stream '" + s.name + "' is both read and written");
  for (const Instruction* other : accesses_[&s])
    if (!exclusive(*other, i))
      reject(i, "stream '" + s.name + "' is " + (input ? "read" : "written") +
                    " twice in one call (the other: " + location(*other).str() + ")");
  accesses_[&s].push_back(&i);
  const Bits when = path(i.getParent());
  s.when = s.used ? net_.bitwise(Op::Or, s.when, when) : when;
  if (!s.used) s.loc = location(i);
  s.used = true;
  s.input = input;
}

void Builder::finish_streams() {
  for (const Stream& s : net_.streams)
    if (!s.used) throw Reject(s.loc, "stream '" + s.name + "' is never read and never written");
  for (const Stream& s : net_.streams)
    if (!s.input && is_zero(s.when)) throw Reject(s.loc, "stream '" + s.name + "' is never written");
}

}  // namespace xhls
