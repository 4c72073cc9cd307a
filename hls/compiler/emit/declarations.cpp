// SPDX-License-Identifier: Apache-2.0
//
// Constant tables, registers, RAMs and wires of the module.
#include "emitter.h"

namespace xhls {

void Emitter::roms() {
  std::set<unsigned> used;
  for (const Node* n : m_.order)
    if (n->op == Op::Rom) used.insert(n->index);
  for (unsigned i : used) {
    const Rom& r = net_.roms[i];
    os_ << "  // " << r.loc.str() << ": " << r.values.size() << " x " << r.width
        << ", element 0 last\n  localparam logic [" << r.values.size() * r.width - 1 << ":0] " << rom_[i] << " = {";
    for (size_t k = r.values.size(); k-- > 0;)
      os_ << ((r.values.size() - 1 - k) % 8 == 0 ? "\n      " : " ") << literal(r.values[k]) << (k > 0 ? "," : "");
    os_ << "};\n\n";
  }
}

void Emitter::declarations() {
  if (m_.stages > 0) {
    os_ << "  logic ";
    for (int k = 1; k <= m_.stages; ++k) os_ << (k > 1 ? ", " : "") << "v" << k;
    os_ << ";\n";
  }
  for (const Node* n : m_.order) {
    if (n->op == Op::State) {
      os_ << "  logic " << range(n->width) << name_.at(n) << ";";
      note(*n);
    }
    if (n->op == Op::Ram) {
      const Ram& r = net_.rams[n->index];
      const std::string& name = ram_[n->index];
      os_ << "  logic " << range(r.width) << name << " [0:" << r.depth - 1 << "];  // " << r.loc.str() << '\n';
      // Not ++i: yosys does not parse it here.
      os_ << "  initial for (int i = 0; i < " << r.depth << "; i = i + 1) " << name << "[i] = '0;\n"
          << "  logic " << range(r.width) << name << (r.forward ? "_read" : "_q") << ";\n";
      if (r.forward)  // the write before: a read that was sampled with it missed it
        os_ << "  logic " << name << "_wrote;\n  logic " << range(r.write_address.width()) << name
            << "_last_address;\n  logic " << range(r.width) << name << "_last;\n";
    }
    if (n->op == Op::Call) os_ << "  logic " << range(n->width) << name_.at(n) << ";\n";
    if (in_issue_cone(n)) os_ << "  logic " << range(n->width) << name_.at(n) << ";\n";
  }
  for (size_t k = 1; k < m_.held.size(); ++k)
    for (const Held& h : m_.held[k]) os_ << "  logic " << range(h.hi - h.lo) << name_.at(h.node) << "_s" << k << ";\n";
  os_ << '\n';
}

}  // namespace xhls
