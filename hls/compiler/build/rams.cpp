// SPDX-License-Identifier: Apache-2.0
//
// Static arrays that are indexed at run time.
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/InstIterator.h>

#include <algorithm>

#include "builder.h"

namespace xhls {

using namespace llvm;

// Also where the element is chosen by pointer, all of them in the same RAM.
GlobalVariable* Builder::ram_of(const Value* pointer) {
  SmallVector<const Value*, 4> objects;
  getUnderlyingObjects(pointer, objects, nullptr, 0);
  auto* g = objects.size() == 1 ? const_cast<GlobalVariable*>(dyn_cast<GlobalVariable>(objects[0])) : nullptr;
  return g && !g->isConstant() ? g : nullptr;
}

// Padding may hold anything.
bool Builder::starts_at_zero(const GlobalVariable& g) const {
  if (g.getInitializer()->isNullValue()) return true;
  for (uint64_t i = 0; i < dl_.getTypeAllocSize(g.getValueType()); ++i)
    if (initial_byte(g, i) != std::optional<uint8_t>(0)) return false;
  return true;
}

// What BIND_STORAGE and ARRAY_PARTITION ask for. A RAM here has one port for each of a read and a write a call.
void Builder::bind(Ram& ram, const GlobalVariable& g) {
  SmallVector<DIGlobalVariableExpression*, 1> infos;
  g.getDebugInfo(infos);
  if (!infos.empty())
    if (const auto it = program_.directives->partitioned.find(infos[0]->getVariable());
        it != program_.directives->partitioned.end())
      throw Reject(it->second, "#pragma HLS ARRAY_PARTITION complete: '" + ram.name +
                                   "' is indexed at run time; registers behind a multiplexer are not supported");
  const Storage* s = program_.directives->storage_of(g);
  if (!s) return;
  m_.bound.insert(s);
  if (s->type == "ram_1p" || s->type.starts_with("rom_"))
    throw Reject(s->loc, "#pragma HLS BIND_STORAGE type=" + s->type + ": '" + ram.name +
                             "' is read and written in one call; type=ram_2p has a port for each");
  ram.style = s->impl == "bram" ? "block" : s->impl == "lutram" ? "distributed" : s->impl == "uram" ? "ultra" : "";
}

void Builder::declare_rams() {
  std::map<GlobalVariable*, uint64_t> strides;
  for (Instruction& i : instructions(f_))
    if (isa<LoadInst>(i) || isa<StoreInst>(i))
      if (GlobalVariable* g = ram_of(getLoadStorePointerOperand(&i))) {
        if (!m_.top) reject(i, "a non-inlined function is pure: no static variable in it");
        uint64_t& stride = strides[g];
        stride = smallest_scale(getLoadStorePointerOperand(&i), stride);
      }
  for (Instruction& i : instructions(f_)) {
    auto* store = dyn_cast<StoreInst>(&i);
    GlobalVariable* g = store ? ram_of(store->getPointerOperand()) : nullptr;
    if (!g) continue;
    const uint64_t stride = strides[g];
    if (stride == 0) reject(i, "static variable '" + source_name(*g) + "' is accessed in a way that is not followed");
    const uint64_t offset = remainder(constant_offset(store->getPointerOperand()), stride);
    const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(store->getValueOperand()->getType()));
    bool found = false;
    for (const RamInfo& r : rams_) {
      if (r.base != g) continue;
      if (r.offset == offset && r.width == width)
        found = true;
      else if (offset < r.offset + r.width / 8 && r.offset < offset + width / 8)
        reject(i, "RAM '" + source_name(*g) + "': a store to a part of its element; write whole elements");
    }
    if (found) continue;
    RamInfo r;
    r.base = g;
    r.stride = stride;
    r.offset = offset;
    r.width = width;
    r.index = static_cast<unsigned>(net_.rams.size());
    Ram ram;
    ram.name = source_name(*g);
    if (stride * 8 != width && offset != 0) ram.name += "_" + std::to_string(offset);
    ram.depth = static_cast<unsigned>(dl_.getTypeAllocSize(g->getValueType()) / stride);
    ram.width = width;
    ram.loc = location(*g);
    bind(ram, *g);
    if (!starts_at_zero(*g))
      throw Reject(ram.loc, "RAM '" + ram.name + "' has an initialiser; only zero is supported");
    if (ram.depth > 65536) throw Reject(ram.loc, "RAM '" + ram.name + "' has more than 65536 elements");
    net_.rams.push_back(std::move(ram));
    rams_.push_back(std::move(r));
  }
}

Bits Builder::ram_load(const LoadInst& i, GlobalVariable* g) {
  const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(i.getType()));
  const Address a = address(i.getPointerOperand(), i);
  for (RamInfo& r : rams_) {
    if (r.base != g) continue;
    const uint64_t offset = a.within(r.stride);
    if (offset < r.offset || offset + width / 8 > r.offset + r.width / 8) continue;
    Ram& ram = net_.rams[r.index];
    const Bits index = element_index(a, r.stride, ram.depth, i);
    const Bits when = path(i.getParent());
    if (!r.load) {
      net_.hint = ram.name;
      ram.read = net_.source(Op::Ram, r.width, r.index);
      r.read_address = index;
      r.load = &i;
    } else if (!(index == r.read_address)) {
      if (!exclusive(i, *r.load))
        reject(i,
               "RAM '" + ram.name + "' is read at two places in one call (the other: " + location(*r.load).str() + ")");
      r.read_address = net_.mux(when, index, r.read_address);
    }
    loads_[r.index].push_back(&i);
    return Bits(ram.read).slice(static_cast<unsigned>(8 * (offset - r.offset)), width);
  }
  // A member that nothing writes stays as it starts.
  const bool written = std::any_of(rams_.begin(), rams_.end(), [&](const RamInfo& r) {
    const uint64_t offset = a.within(r.stride);
    return r.base == g && offset < r.offset + r.width / 8 && r.offset < offset + width / 8;
  });
  if (!written && starts_at_zero(*g)) return net_.constant(width, 0);
  reject(i, "RAM '" + source_name(*g) + "' is read in other units than it is written");
}

void Builder::ram_store(const StoreInst& i, GlobalVariable* g) {
  const Address a = address(i.getPointerOperand(), i);
  const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(i.getValueOperand()->getType()));
  for (RamInfo& r : rams_) {
    if (r.base != g || r.width != width || r.offset != a.within(r.stride)) continue;
    Ram& ram = net_.rams[r.index];
    const Bits index = element_index(a, r.stride, ram.depth, i);
    const Bits data = net_.resize(value(i.getValueOperand()), width);
    const Bits when = path(i.getParent());
    if (!r.store) {
      ram.write_address = index;
      ram.write_data = data;
      ram.write_when = when;
      r.store = &i;
    } else {
      if (!exclusive(i, *r.store))
        reject(i, "RAM '" + ram.name +
                      "' is written at two places in one call (the other: " + location(*r.store).str() + ")");
      ram.write_address = net_.mux(when, index, ram.write_address);
      ram.write_data = net_.mux(when, data, ram.write_data);
      ram.write_when = net_.bitwise(Op::Or, when, ram.write_when);
    }
    stores_[r.index].push_back(&i);
    return;
  }
  reject(i, "RAM '" + source_name(*g) + "' is written in units that are not followed");
}

void Builder::finish_rams() {
  for (RamInfo& r : rams_) {
    Ram& ram = net_.rams[r.index];
    if (!ram.read) continue;
    ram.read->in = {r.read_address};
    bool store_first = false, load_first = false;
    for (const Instruction* s : stores_[r.index])
      for (const Instruction* l : loads_[r.index]) {
        store_first |= reaches(*s, *l);
        load_first |= reaches(*l, *s);
      }
    if (store_first && load_first)
      throw Reject(location(*r.store),
                   "RAM '" + ram.name + "' is written before its read on one path and after it on another");
    ram.write_first = store_first;
  }
}

}  // namespace xhls
