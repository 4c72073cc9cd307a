// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_NORMALISE_H
#define XHLS_NORMALISE_H

#include <llvm/ADT/APInt.h>
#include <llvm/IR/Module.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend.h"
#include "origin.h"
#include "pragmas.h"

namespace xhls {

// A static register after normalisation: read by one call of `load` and written by one call of `store`.
struct StateVariable {
  std::string name;
  unsigned width = 0;  // as in memory
  llvm::APInt init;
  llvm::Function* load = nullptr;
  llvm::Function* store = nullptr;
  Loc loc;
};

struct Program {
  llvm::Function* top;
  std::vector<llvm::Function*> modules;  // non-inlined functions on values: iN arguments, iN result
  std::vector<StateVariable> states;
  const Directives* directives = nullptr;
};

// Optimises the module into functions without loops and without memory other than constant tables, RAMs and streams.
Program normalise(llvm::Module& module, const Options& options, const Directives& directives);

// A byte of a variable's initialiser, little-endian as in memory; padding is 0. Nothing if it is not a number.
std::optional<uint8_t> initial_byte(const llvm::GlobalVariable& g, uint64_t offset);

}  // namespace xhls

#endif
