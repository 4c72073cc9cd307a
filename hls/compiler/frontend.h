// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_FRONTEND_H
#define XHLS_FRONTEND_H

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <string>
#include <vector>

#include "diag.h"

namespace xhls {

struct Options {
  std::string source, top, outdir, report, depfile;
  std::string prefix_map;  // see Loc::prefix
  std::vector<std::string> include_dirs, defines;
  double budget = 5;
  double loop_budget = 0;  // of recurrences; 0: as budget
  bool dump_ir = false;
};

struct Source {
  std::unique_ptr<llvm::Module> module;  // as clang wrote it, before any optimisation
  std::vector<std::string> files;        // the source and the headers that are not the system's
};

// Runs clang on the source. Throws std::runtime_error when clang rejects it (clang has printed why).
Source run_clang(const Options& options, llvm::LLVMContext& context);

}  // namespace xhls

#endif
