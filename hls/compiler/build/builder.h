// SPDX-License-Identifier: Apache-2.0
//
// The builder's state, shared by the files of this folder. Each of them has one section of the class.
#ifndef XHLS_BUILD_BUILDER_H
#define XHLS_BUILD_BUILDER_H

#include <llvm/Analysis/PostDominators.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "build.h"

namespace xhls {

class Builder {
 public:
  Builder(Module& m, llvm::Function& f, const Program& program,
          const std::map<const llvm::Function*, const Module*>& callees)
      : m_(m),
        net_(m.net),
        f_(f),
        program_(program),
        callees_(callees),
        dl_(f.getParent()->getDataLayout()),
        dt_(f),
        pdt_(f) {}

  void run();

 private:
  // A pointer into a global: base + offset + sum of terms, in bytes.
  // Offsets may be negative where an index has a constant part.
  static uint64_t remainder(int64_t offset, uint64_t stride) {
    const auto unit = static_cast<int64_t>(stride);
    return static_cast<uint64_t>((offset % unit + unit) % unit);
  }
  struct Address {
    llvm::GlobalVariable* base = nullptr;
    int64_t offset = 0;
    std::vector<std::pair<Bits, uint64_t>> terms;  // index, scale
    uint64_t within(uint64_t stride) const { return remainder(offset, stride); }  // of the constant part
    int64_t elements(uint64_t stride) const {
      return (offset - static_cast<int64_t>(within(stride))) / static_cast<int64_t>(stride);
    }
  };

  // A RAM as its accesses show it: one word of `width` bits at `offset` in every `stride` bytes of the global.
  struct RamInfo {
    llvm::GlobalVariable* base = nullptr;
    uint64_t stride = 0, offset = 0;
    unsigned width = 0, index = 0;
    const llvm::LoadInst* load = nullptr;
    const llvm::StoreInst* store = nullptr;
    Bits read_address;
  };

  [[noreturn]] void reject(const llvm::Instruction& i, const std::string& rule) { throw Reject(location(i), rule); }

  // build.cpp
  void collect_names();
  void declare_arguments();
  void declare_states();

  // streams.cpp
  void declare_streams();
  void enter_stream(Stream& s, const llvm::Instruction& i, bool input);
  void finish_streams();

  // addresses.cpp
  uint64_t smallest_scale(const llvm::Value* p, uint64_t best);
  int64_t constant_offset(const llvm::Value* p);
  Address address(const llvm::Value* p, const llvm::Instruction& at);
  Address by_one_index(const Address& a, uint64_t scale);
  Address choose(const Bits& sel, Address a, Address b, const llvm::Instruction& at);
  Bits element_index(const Address& a, uint64_t stride, uint64_t count, const llvm::Instruction& at);

  // rams.cpp
  void bind(Ram& ram, const llvm::GlobalVariable& g);
  llvm::GlobalVariable* ram_of(const llvm::Value* pointer);
  bool starts_at_zero(const llvm::GlobalVariable& g) const;
  void declare_rams();
  void declare_ram(llvm::GlobalVariable& g, uint64_t stride, uint64_t from, uint64_t to);
  RamInfo* part_of(const llvm::GlobalVariable* g, uint64_t offset);
  Bits ram_load(const llvm::LoadInst& i, llvm::GlobalVariable* g);
  Bits ram_read(RamInfo& r, const Address& a, const llvm::LoadInst& i);
  void ram_store(const llvm::StoreInst& i, llvm::GlobalVariable* g);
  void ram_write(RamInfo& r, const Address& a, const llvm::StoreInst& i, const Bits& data);
  void finish_rams();

  // roms.cpp
  void bind(Rom& rom, const llvm::GlobalVariable& g);
  Bits rom_load(const llvm::LoadInst& i, const Address& a, unsigned width);

  // control.cpp
  bool reaches(const llvm::Instruction& a, const llvm::Instruction& b);
  bool exclusive(const llvm::Instruction& a, const llvm::Instruction& b) { return !reaches(a, b) && !reaches(b, a); }
  Bits edge(const llvm::BasicBlock* from, const llvm::BasicBlock* to);
  Bits reach(const llvm::BasicBlock* b, const llvm::BasicBlock* d);
  Bits path(const llvm::BasicBlock* b) { return reach(b, &f_.getEntryBlock()); }
  Bits incoming(const llvm::PHINode& phi, unsigned i);

  // values.cpp
  unsigned width_of(const llvm::Value* v, const llvm::Instruction& at);
  Bits value(const llvm::Value* v);
  void define(const llvm::Instruction& i, Bits b);
  void translate(llvm::Instruction& i);
  void translate_extract(llvm::ExtractValueInst& i);
  void translate_load(llvm::LoadInst& i);
  void translate_store(llvm::StoreInst& i);
  Bits compare(llvm::CmpInst::Predicate p, const Bits& a, const Bits& b);

  // calls.cpp
  void translate_call(llvm::CallInst& i);
  void translate_intrinsic(llvm::IntrinsicInst& i);

  Module& m_;
  Netlist& net_;
  llvm::Function& f_;
  const Program& program_;
  const std::map<const llvm::Function*, const Module*>& callees_;
  const llvm::DataLayout& dl_;
  llvm::DominatorTree dt_;
  llvm::PostDominatorTree pdt_;
  std::map<const llvm::Value*, Bits> values_;
  std::map<const llvm::Value*, std::string> names_;
  std::map<std::pair<const llvm::BasicBlock*, const llvm::BasicBlock*>, Bits> reach_;
  std::map<const llvm::BasicBlock*, std::set<const llvm::BasicBlock*>> reachable_;
  std::map<const Stream*, std::vector<const llvm::Instruction*>> accesses_;
  std::vector<RamInfo> rams_;
  std::map<unsigned, std::vector<const llvm::Instruction*>> loads_, stores_;  // by RAM
};

}  // namespace xhls

#endif
