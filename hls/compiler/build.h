// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_BUILD_H
#define XHLS_BUILD_H

#include <llvm/IR/Function.h>

#include <map>

#include "module.h"
#include "normalise.h"

namespace xhls {

// Reads a normalised function into the module's netlist. `callees` has the non-inlined functions that it may call.
void build(Module& m, llvm::Function& f, const Program& program,
           const std::map<const llvm::Function*, const Module*>& callees);

}  // namespace xhls

#endif
