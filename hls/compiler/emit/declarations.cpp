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

// Tables in block RAM have two ports each: reads of the same stage share one.
void Emitter::rom_ports() {
  std::map<std::pair<unsigned, int>, std::vector<const Node*>> reads;
  for (const Node* n : m_.order)
    if (is_block_rom(net_, *n)) reads[{n->index, n->stage}].push_back(n);
  for (const auto& [key, nodes] : reads) {
    const Rom& r = net_.roms[key.first];
    const int stage = key.second - 1;
    for (size_t i = 0; i < nodes.size(); i += 2) {
      const Node *a = nodes[i], *b = i + 1 < nodes.size() ? nodes[i + 1] : nullptr;
      const std::string instance = unique("u_" + rom_[key.first]);
      if (!b) os_ << "  logic " << range(r.width) << instance << "_idle;\n";
      os_ << "  xesp_rom #(.WIDTH(" << r.width << "), .DEPTH(" << r.values.size() << "), .INIT(" << rom_[key.first]
          << ")) " << instance << " (\n      .clk(ap_clk), .en(`XHLS_GATE(" << valid(stage) << ")),\n      .address0("
          << value(a->in[0], stage) << "), .data0(" << name_.at(a) << "),\n      .address1("
          << (b ? value(b->in[0], stage) : value(a->in[0], stage)) << "), .data1("
          << (b ? name_.at(b) : instance + "_idle") << "));";
      note(*a);
    }
  }
  if (!reads.empty()) os_ << '\n';
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
      if (!r.style.empty()) os_ << "  (* ram_style = \"" << r.style << "\" *)\n";
      os_ << "  logic " << range(r.width) << name << " [0:" << r.depth - 1 << "];  // " << r.loc.str() << '\n';
      // Not ++i: yosys does not parse it here.
      os_ << "  initial for (int i = 0; i < " << r.depth << "; i = i + 1) " << name << "[i] = '0;\n"
          << "  logic " << range(r.width) << name << (r.forward ? "_read" : "_q") << ";\n";
      if (r.forward) {  // the write before: a read that was sampled with it missed it
        os_ << "  logic " << name;
        if (r.hit_ahead)
          os_ << "_hit";
        else
          os_ << "_wrote;\n  logic " << range(r.write_address.width()) << name << "_last_address";
        os_ << ";\n  logic " << range(r.width) << name << "_last;\n";
      }
    }
    if (n->op == Op::Call || is_block_rom(net_, *n)) os_ << "  logic " << range(n->width) << name_.at(n) << ";\n";
    if (is_open(n)) os_ << "  logic " << range(n->width) << name_.at(n) << ";\n";
  }
  for (size_t k = 1; k < m_.held.size(); ++k)
    for (const Held& h : m_.held[k]) os_ << "  logic " << range(h.hi - h.lo) << name_.at(h.node) << "_s" << k << ";\n";
  os_ << '\n';
}

}  // namespace xhls
