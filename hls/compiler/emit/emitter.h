// SPDX-License-Identifier: Apache-2.0
//
// The emitter's state, shared by the files of this folder. Each of them writes one section of the module.
#ifndef XHLS_EMIT_EMITTER_H
#define XHLS_EMIT_EMITTER_H

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "module.h"

namespace xhls {

class Emitter {
 public:
  explicit Emitter(const Module& m) : m_(m), net_(m.net) {}
  std::string run();

 private:
  // names.cpp
  void name_everything();
  std::string unique(const std::string& wanted);

  // emit.cpp
  void header();
  void valid_bits();
  void calls();

  // declarations.cpp
  void roms();
  void rom_ports();
  void declarations();

  // streams.cpp
  void issue();
  void outputs();

  // open_logic.cpp
  void find_open_logic();
  bool is_open(const Node* n) const { return open_.count(n) > 0; }
  void open_logic();

  // stage.cpp
  bool is_computed(const Node* n) const;  // by logic of its stage, and not a register or a memory's output
  void stage(int k);

  // expressions.cpp
  void index_held();
  std::string at(const Node* n, int stage, unsigned lo, unsigned width) const;
  std::string value(const Bits& b, int stage) const;
  std::string expression(const Node& n, int stage) const;
  std::string valid(int stage) const;
  std::string enable(int stage, const Bits& when) const;
  void note(const Node& n);

  const Module& m_;
  const Netlist& net_;
  std::ostringstream os_;
  std::set<std::string> names_;
  std::map<const Node*, std::string> name_;
  std::vector<std::string> rom_, ram_;
  std::set<const Node*> open_;
  std::map<std::pair<const Node*, int>, const Held*> held_;
};

// Text of a vector's range, with a space after it, and of a constant.
std::string range(unsigned width);
std::string literal(const llvm::APInt& v);

}  // namespace xhls

#endif
