// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_FRONTEND_H
#define XHLS_FRONTEND_H

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "diag.h"

namespace xhls {

struct Options {
  std::string source, top, outdir, report, depfile;
  std::string prefix_map;  // see Loc::prefix
  std::vector<std::string> include_dirs, defines;
  double budget = 5;
  bool dump_ir = false;
};

struct Source {
  std::unique_ptr<llvm::Module> module;  // as clang wrote it, before any optimisation
  std::vector<std::string> files;        // the source and the headers that are not the system's
};

// Runs clang on the source. Throws std::runtime_error when clang rejects it (clang has printed why).
Source run_clang(const Options& options, llvm::LLVMContext& context);

// Reads the `#pragma HLS` lines of the files and rejects what this compiler does not honour. Returns the functions that
// are to stay modules of their own (INLINE off).
std::set<llvm::Function*> read_pragmas(const Source& source);

}  // namespace xhls

#endif
