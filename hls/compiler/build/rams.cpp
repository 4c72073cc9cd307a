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

// One RAM for each part of the element that some store writes by itself: where LLVM stores a member alone here and beside
// its neighbours there, the wider store writes several of them.
void Builder::declare_rams() {
  std::map<GlobalVariable*, uint64_t> strides;
  for (Instruction& i : instructions(f_))
    if (isa<LoadInst>(i) || isa<StoreInst>(i))
      if (GlobalVariable* g = ram_of(getLoadStorePointerOperand(&i))) {
        if (!m_.top) reject(i, "a non-inlined function is pure: no static variable in it");
        uint64_t& stride = strides[g];
        stride = smallest_scale(getLoadStorePointerOperand(&i), stride);
      }
  std::vector<GlobalVariable*> order;
  std::map<GlobalVariable*, std::map<uint64_t, bool>> parts;  // where one begins; whether a store writes it
  const auto cut = [&](GlobalVariable* g, uint64_t at) {
    auto& of = parts[g];
    const auto next = of.upper_bound(at);
    of.emplace(at, next != of.begin() && std::prev(next)->second);
  };
  for (Instruction& i : instructions(f_)) {
    auto* store = dyn_cast<StoreInst>(&i);
    GlobalVariable* g = store ? ram_of(store->getPointerOperand()) : nullptr;
    if (!g) continue;
    if (strides[g] == 0) reject(i, "static variable '" + source_name(*g) + "' is accessed in a way that is not followed");
    const uint64_t from = remainder(constant_offset(store->getPointerOperand()), strides[g]);
    const uint64_t to = from + dl_.getTypeStoreSize(store->getValueOperand()->getType());
    if (to > strides[g]) reject(i, "RAM '" + source_name(*g) + "': a store to more than one element");
    if (!parts.count(g)) order.push_back(g);
    cut(g, from);
    cut(g, to);
    for (auto at = parts[g].find(from); at->first != to; ++at) at->second = true;
  }
  for (GlobalVariable* g : order)
    for (auto at = parts[g].begin(); at != parts[g].end(); ++at)
      if (at->second) declare_ram(*g, strides[g], at->first, std::next(at)->first);
}

void Builder::declare_ram(GlobalVariable& g, uint64_t stride, uint64_t from, uint64_t to) {
  RamInfo r;
  r.base = &g;
  r.stride = stride;
  r.offset = from;
  r.width = static_cast<unsigned>(8 * (to - from));
  r.index = static_cast<unsigned>(net_.rams.size());
  Ram ram;
  ram.name = source_name(g);
  if (stride != to - from && from != 0) ram.name += "_" + std::to_string(from);
  ram.depth = static_cast<unsigned>(dl_.getTypeAllocSize(g.getValueType()) / stride);
  ram.width = r.width;
  ram.loc = location(g);
  bind(ram, g);
  if (!starts_at_zero(g))
    throw Reject(ram.loc, "RAM '" + ram.name + "' has an initialiser; only zero is supported");
  if (ram.depth > 65536) throw Reject(ram.loc, "RAM '" + ram.name + "' has more than 65536 elements");
  net_.rams.push_back(std::move(ram));
  rams_.push_back(std::move(r));
}

// The part of `g`'s element that holds the byte at `offset`, or the first one behind it.
Builder::RamInfo* Builder::part_of(const GlobalVariable* g, uint64_t offset) {
  for (RamInfo& r : rams_)
    if (r.base == g && offset < r.offset + r.width / 8) return &r;
  return nullptr;
}

Bits Builder::ram_load(const LoadInst& i, GlobalVariable* g) {
  const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(i.getType()));
  const Address a = address(i.getPointerOperand(), i);
  const RamInfo* first = part_of(g, 0);
  const uint64_t from = first ? a.within(first->stride) : 0;
  if (first && from + width / 8 > first->stride) reject(i, "RAM '" + source_name(*g) + "': a load of more than one element");
  Bits result;
  while (result.width() < width) {
    const uint64_t at = from + result.width() / 8;
    const unsigned left = width - result.width();
    RamInfo* r = part_of(g, at);
    if (r && r->offset <= at) {
      const auto lo = static_cast<unsigned>(8 * (at - r->offset));
      result.append(ram_read(*r, a, i).slice(lo, std::min(left, r->width - lo)));
    } else {  // what nothing writes stays as it starts
      if (!starts_at_zero(*g)) reject(i, "RAM '" + source_name(*g) + "' is read in other units than it is written");
      result.append(net_.constant(r ? std::min<unsigned>(left, static_cast<unsigned>(8 * (r->offset - at))) : left, 0));
    }
  }
  return result;
}

Bits Builder::ram_read(RamInfo& r, const Address& a, const LoadInst& i) {
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
      reject(i, "RAM '" + ram.name + "' is read at two places in one call (the other: " + location(*r.load).str() + ")");
    r.read_address = net_.mux(when, index, r.read_address);
  }
  loads_[r.index].push_back(&i);
  return Bits(ram.read);
}

void Builder::ram_store(const StoreInst& i, GlobalVariable* g) {
  const Address a = address(i.getPointerOperand(), i);
  const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(i.getValueOperand()->getType()));
  const Bits all = net_.resize(value(i.getValueOperand()), width);
  const uint64_t from = a.within(part_of(g, 0)->stride);
  for (unsigned done = 0; done < width;) {
    RamInfo* r = part_of(g, from + done / 8);
    ram_write(*r, a, i, all.slice(done, r->width));
    done += r->width;
  }
}

void Builder::ram_write(RamInfo& r, const Address& a, const StoreInst& i, const Bits& data) {
  Ram& ram = net_.rams[r.index];
  const Bits index = element_index(a, r.stride, ram.depth, i);
  const Bits when = path(i.getParent());
  if (!r.store) {
    ram.write_address = index;
    ram.write_data = data;
    ram.write_when = when;
    r.store = &i;
  } else {
    if (!exclusive(i, *r.store))
      reject(i, "RAM '" + ram.name + "' is written at two places in one call (the other: " + location(*r.store).str() + ")");
    ram.write_address = net_.mux(when, index, ram.write_address);
    ram.write_data = net_.mux(when, data, ram.write_data);
    ram.write_when = net_.bitwise(Op::Or, when, ram.write_when);
  }
  stores_[r.index].push_back(&i);
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
