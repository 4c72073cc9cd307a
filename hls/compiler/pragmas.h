// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_PRAGMAS_H
#define XHLS_PRAGMAS_H

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Function.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "frontend.h"

namespace xhls {

// BIND_STORAGE of a static or constant array.
struct Storage {
  Loc loc;
  std::string variable;
  std::string type;  // as UG1399 names it, lower case: ram_2p, rom_np ...
  std::string impl;  // bram, lutram, uram; empty: no wish
};

// What the pragmas of a source ask for, all of them checked. Variables go by their debug record, which outlives what
// LLVM makes of the variable.
struct Directives {
  std::vector<llvm::Function*> modules;  // INLINE off, in the order of the module
  std::map<const llvm::DIGlobalVariable*, Storage> storage;
  std::map<const llvm::DIGlobalVariable*, Loc> partitioned;  // ARRAY_PARTITION complete: registers

  const Storage* storage_of(const llvm::GlobalVariable& g) const;
};

// Reads the `#pragma HLS` lines of the files. Each means what UG1399 says it means, or is rejected; README.md has the
// table.
Directives read_pragmas(const Source& source, const std::string& top);

}  // namespace xhls

#endif
