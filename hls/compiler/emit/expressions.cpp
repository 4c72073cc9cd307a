// SPDX-License-Identifier: Apache-2.0
//
// Values and operations as SystemVerilog expressions.
#include <llvm/ADT/SmallString.h>

#include <algorithm>
#include <stdexcept>

#include "emitter.h"

namespace xhls {

using llvm::APInt;

std::string range(unsigned width) {
  return width == 1 ? "" : "[" + std::to_string(width - 1) + ":0] ";
}

std::string literal(const APInt& v) {
  if (v.getBitWidth() <= 3) {
    std::string s;
    for (unsigned i = v.getBitWidth(); i-- > 0;) s += v[i] ? '1' : '0';
    return std::to_string(v.getBitWidth()) + "'b" + s;
  }
  if (v.isZero()) return std::to_string(v.getBitWidth()) + "'d0";
  llvm::SmallString<64> digits;
  v.toString(digits, 16, false, false, false);
  return std::to_string(v.getBitWidth()) + "'h" + std::string(digits);
}

std::string Emitter::valid(int stage) const {
  return stage == 0 ? (m_.top ? "issue" : "in_valid") : "v" + std::to_string(stage);
}

std::string Emitter::enable(int stage, const Bits& when) const {
  return is_ones(when) ? valid(stage) : valid(stage) + " && " + value(when, stage);
}

void Emitter::note(const Node& n) {
  if (n.loc.known()) os_ << "  // " << n.loc.str();
  os_ << '\n';
}

void Emitter::index_held() {
  for (const auto& stage : m_.held)
    for (const Held& h : stage) held_[{h.node, static_cast<int>(&stage - m_.held.data())}] = &h;
}

// A slice of a node as seen in a stage: the node itself in its own, a register in a later one.
std::string Emitter::at(const Node* n, int stage, unsigned lo, unsigned width) const {
  if (n->op == Op::Const) return literal(n->value.extractBits(width, lo));
  std::string name = name_.at(n);
  unsigned size = n->width;
  if (stage > n->stage) {
    const auto it = held_.find({n, stage});
    if (it == held_.end()) throw std::logic_error("value '" + name + "' is not held in stage " + std::to_string(stage));
    name += "_s" + std::to_string(stage);
    lo -= it->second->lo;
    size = it->second->hi - it->second->lo;
  } else if (stage < n->stage) {
    throw std::logic_error("value '" + name + "' is used before its stage");
  }
  if (width == size) return name;
  if (width == 1) return name + "[" + std::to_string(lo) + "]";
  return name + "[" + std::to_string(lo + width - 1) + ":" + std::to_string(lo) + "]";
}

std::string Emitter::value(const Bits& b, int stage) const {
  const auto& parts = b.parts();
  if (parts.size() == 1) return at(parts[0].node, stage, parts[0].lo, parts[0].width);
  std::string s = "{";
  size_t items = 0;
  for (size_t i = parts.size(); i > 0;) {
    size_t j = i;  // a run of equal slices is a replication
    while (j > 1 && parts[j - 2] == parts[i - 1]) --j;
    const Slice& p = parts[i - 1];
    const std::string one = at(p.node, stage, p.lo, p.width);
    const size_t count = i - j + 1;
    if (items++ > 0) s += ", ";
    s += count == 1 ? one : "{" + std::to_string(count) + "{" + one + "}}";
    if (items == 1 && count > 1 && j == 1) return s.substr(1);
    i = j - 1;
  }
  return s + "}";
}

std::string Emitter::expression(const Node& n, int stage) const {
  auto in = [&](size_t i) { return value(n.in[i], stage); };
  auto binary = [&](const char* op) { return in(0) + " " + op + " " + in(1); };
  switch (n.op) {
    case Op::Not:
      return "~" + in(0);
    case Op::And:
    case Op::Or:
    case Op::Xor: {
      const char* const op = n.op == Op::And ? "&" : n.op == Op::Or ? "|" : "^";
      if (n.width == 1 && n.in.size() > 3) {  // a reduction, of slices where they lie together
        std::vector<Slice> bits;
        bits.reserve(n.in.size());
        for (const Bits& b : n.in) bits.push_back(b.parts()[0]);
        std::sort(bits.begin(), bits.end(), [](const Slice& a, const Slice& b) {
          return a.node != b.node ? a.node->id < b.node->id : a.lo < b.lo;
        });
        Bits all;
        for (const Slice& s : bits) all.append(s);
        return std::string(op) + value(all, stage);
      }
      std::string s = in(0);
      for (size_t i = 1; i < n.in.size(); ++i) s += std::string(" ") + op + " " + in(i);
      return s;
    }
    case Op::Add:
      return binary("+");
    case Op::Sub:
      return binary("-");
    case Op::Mul:
      return binary("*");
    case Op::Mux:
      return in(0) + " ? " + in(1) + " : " + in(2);
    case Op::Eq:
      return binary("==");
    case Op::Ult:
      return binary("<");
    case Op::Shl:
      return binary("<<");
    case Op::Lshr:
      return n.width == n.in[0].width() ? binary(">>") : std::to_string(n.width) + "'(" + binary(">>") + ")";
    case Op::Ashr:
      return "$signed(" + in(0) + ") >>> " + in(1);
    case Op::Popcount:
      if (n.width == 1) return "^" + in(0);
      return std::to_string(n.width) + "'($countones(" + in(0) + "))";
    case Op::Rom: {
      const Rom& rom = net_.roms[n.index];
      std::string scaled = in(0);
      if ((rom.width & (rom.width - 1)) == 0) {
        unsigned k = 0;
        while ((1u << k) < rom.width) ++k;
        if (k > 0) scaled = "{" + scaled + ", " + std::to_string(k) + "'d0}";
      } else {
        scaled = std::to_string(rom.width) + " * 32'(" + scaled + ")";
      }
      return rom_[n.index] + "[" + scaled + " +: " + std::to_string(rom.width) + "]";
    }
    case Op::Ram: {
      const std::string& name = ram_[n.index];
      const std::string hit =
          net_.rams[n.index].hit_ahead ? name + "_hit" : name + "_wrote && " + name + "_last_address == " + in(0);
      return hit + " ? " + name + "_last : " + name + "_read";
    }
    default:
      throw std::logic_error(std::string("no expression for ") + op_name(n.op));
  }
}

}  // namespace xhls
