// SPDX-License-Identifier: Apache-2.0
//
// What the IR's debug information says of the source.
#ifndef XHLS_ORIGIN_H
#define XHLS_ORIGIN_H

#include <llvm/IR/Function.h>
#include <llvm/IR/GlobalVariable.h>

#include <string>

#include "diag.h"

namespace xhls {

// Where an instruction comes from: the innermost place outside of the stand-in headers.
Loc location(const llvm::Instruction& i);
Loc location(const llvm::Function& f);
Loc location(const llvm::GlobalVariable& g);

std::string source_name(const llvm::Function& f);
std::string source_name(const llvm::GlobalVariable& g);

}  // namespace xhls

#endif
