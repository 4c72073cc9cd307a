// SPDX-License-Identifier: Apache-2.0
//
// The normaliser's state, shared by the files of this folder. Each of them has one section of the class.
#ifndef XHLS_NORMALISE_NORMALISER_H
#define XHLS_NORMALISE_NORMALISER_H

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Instructions.h>

#include <string>
#include <vector>

#include "normalise.h"

namespace xhls {

class Normaliser {
 public:
  Normaliser(llvm::Module& m, const Options& o, const Directives& d) : m_(m), options_(o), directives_(d) {}

  Program run();

 private:
  // One access of a static variable at a constant place.
  struct Access {
    llvm::Instruction* at;
    uint64_t offset, size;
  };

  // normalise.cpp
  void find_top();
  void mark_inlining();

  // passes.cpp
  void optimise();
  void drop_dead();
  void clean_up();

  // checks.cpp
  void check_no_recursion();
  void check_static_initialisers();
  static void check_pure(llvm::Function& f);
  static void check_shape(llvm::Function& f);

  // wrap.cpp
  void wrap(llvm::Function* f);
  void attach_subprogram(llvm::Function* hw, llvm::Function* f, llvm::CallInst* inner);

  // statics.cpp
  bool collect(llvm::GlobalVariable& g, std::vector<Access>& accesses);
  void promote_states();
  void promote(llvm::GlobalVariable& g, uint64_t lo, uint64_t hi, Access* first, Access* last, llvm::Instruction& exit,
               const llvm::DataLayout& dl);

  llvm::Module& m_;
  const Options& options_;
  const Directives& directives_;
  std::vector<std::string> module_names_;  // of program_.modules
  Program program_{};
};

}  // namespace xhls

#endif
