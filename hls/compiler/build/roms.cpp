// SPDX-License-Identifier: Apache-2.0
//
// Constant arrays.
#include <algorithm>

#include "builder.h"

namespace xhls {

using namespace llvm;

// What BIND_STORAGE asks for. Without it a table is logic.
void Builder::bind(Rom& rom, const GlobalVariable& g) {
  const Storage* s = program_.directives->storage_of(g);
  if (!s) return;
  m_.bound.insert(s);
  rom.bound = s->loc;
  if (s->type != "rom_1p" && s->type != "rom_2p" && s->type != "rom_np")
    throw Reject(s->loc, "#pragma HLS BIND_STORAGE type=" + s->type + ": '" + rom.name + "' is a constant table");
  if (s->impl == "uram") throw Reject(s->loc, "#pragma HLS BIND_STORAGE impl=uram: a table has contents, UltraRAM starts empty");
  rom.block = s->impl == "bram";
  rom.ports = s->type == "rom_1p" ? 1 : s->type == "rom_2p" ? 2 : 0;
}

Bits Builder::rom_load(const LoadInst& i, const Address& a, unsigned width) {
  if (!a.base->isConstant() || !a.base->hasInitializer())
    reject(i, "variable '" + source_name(*a.base) + "' is read in a way that is not followed");
  const uint64_t size = dl_.getTypeAllocSize(a.base->getValueType());
  uint64_t stride = 0;
  for (const auto& [t, scale] : a.terms) stride = stride == 0 ? scale : std::min(stride, scale);
  if (stride == 0) stride = size;
  const uint64_t member = a.within(stride);
  const uint64_t count = size / stride, bytes = dl_.getTypeStoreSize(i.getType());
  if (count > 65536) reject(i, "constant table '" + source_name(*a.base) + "' has more than 65536 elements");
  Rom rom;
  rom.name = source_name(*a.base);
  rom.width = width;
  rom.loc = location(*a.base);
  bind(rom, *a.base);
  for (uint64_t k = 0; k < count; ++k) {
    APInt v(static_cast<unsigned>(8 * bytes), 0);
    for (uint64_t b = 0; b < bytes && k * stride + member + b < size; ++b) {
      const std::optional<uint8_t> byte = initial_byte(*a.base, k * stride + member + b);
      if (!byte) reject(i, "constant table '" + rom.name + "' holds something that is not a number");
      v.insertBits(APInt(8, *byte), static_cast<unsigned>(8 * b));
    }
    rom.values.push_back(v.trunc(width));
  }
  unsigned active = 1;
  for (const APInt& v : rom.values) active = std::max(active, v.getActiveBits());
  for (APInt& v : rom.values) v = v.trunc(active);
  rom.width = active;
  const Bits index = element_index(a, stride, count, i);
  APInt n;
  if (is_constant(index, n)) return net_.resize(net_.constant(rom.values[n.urem(count)]), width);
  unsigned which = 0;
  for (; which < net_.roms.size(); ++which)
    if (net_.roms[which].values.size() == rom.values.size() && net_.roms[which].width == active &&
        net_.roms[which].block == rom.block && net_.roms[which].values == rom.values)
      break;
  if (which == net_.roms.size()) net_.roms.push_back(std::move(rom));
  return net_.resize(Bits(net_.make(Op::Rom, active, {index}, which)), width);
}

}  // namespace xhls
