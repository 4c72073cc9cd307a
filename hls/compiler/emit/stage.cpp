// SPDX-License-Identifier: Apache-2.0
//
// One stage: its expressions, the registers behind it, and the static registers and RAMs that live in it.
#include "emitter.h"

namespace xhls {

bool Emitter::is_computed(const Node* n) const {
  return n->op != Op::Input && n->op != Op::Arg && n->op != Op::State && n->op != Op::Call && n->op != Op::Const &&
         (n->op != Op::Ram || net_.rams[n->index].forward) && !is_block_rom(net_, *n);
}

void Emitter::stage(int k) {
  std::ostringstream body;
  std::swap(body, os_);
  std::vector<const Node*> here;
  for (const Node* n : m_.order)
    if (n->stage == k && is_computed(n) && !is_open(n)) here.push_back(n);
  for (const Node* n : here) {
    os_ << "      " << name_.at(n) << " = " << expression(*n, k) << ";";
    note(*n);
  }
  if (k < m_.stages)
    for (const Held& h : m_.held[static_cast<size_t>(k) + 1])
      os_ << "      " << name_.at(h.node) << "_s" << k + 1 << " <= " << at(h.node, k, h.lo, h.hi - h.lo) << ";\n";
  std::vector<const Node*> registers, forwards;
  for (const Node* n : m_.order) {
    if (n->op == Op::State && n->stage == k) {
      const State& s = net_.states[n->index];
      registers.push_back(n);
      if (s.next == Bits(const_cast<Node*>(n))) continue;
      os_ << "      if (" << valid(k) << ") " << name_.at(n) << " <= " << value(s.next, k) << ";\n";
    }
    if (n->op != Op::Ram) continue;
    const Ram& r = net_.rams[n->index];
    const std::string& name = ram_[n->index];
    if (n->stage - 1 == k) {
      os_ << "      " << name << (r.forward ? "_read" : "_q") << " <= " << name << '[' << value(n->in[0], k) << "];\n";
    }
    if (r.write_stage != k || r.write_when.empty()) continue;
    if (r.forward) forwards.push_back(n);
    const std::string address = value(r.write_address, k), data = value(r.write_data, k);
    // In reset the valid bits behind the first clock say nothing yet, and nothing undoes a write.
    os_ << "      if (" << (k > 0 ? "ap_rst_n && " : "") << enable(k, r.write_when) << ") begin\n        " << name << '[' << address << "] <= " << data
        << ";\n";
    if (r.forward) {
      // Ahead: the next iteration is a stage behind and reads in this clock.
      os_ << "        " << name << (r.hit_ahead ? "_hit <= " + address + " == " + value(n->in[0], k - 1) : "_wrote <= 1'b1")
          << ";\n        " << name << "_last <= " << data << ";\n";
      if (!r.hit_ahead) os_ << "        " << name << "_last_address <= " << address << ";\n";
    }
    os_ << "      end\n";
  }
  std::swap(body, os_);
  std::string text = body.str();
  if (!text.empty() || !registers.empty()) {
    os_ << "  always_ff @(posedge ap_clk) begin\n";
    for (const Node* n : forwards)
      if (net_.rams[n->index].hit_ahead) os_ << "    " << ram_[n->index] << "_hit <= 1'b0;\n";
    if (!text.empty()) {
      os_ << "    if (`XHLS_GATE(" << valid(k) << ")) begin : stage" << k << '\n';
      for (const Node* n : here) os_ << "      logic " << range(n->width) << name_.at(n) << ";\n";
      os_ << text << "    end\n";
    }
    for (const Node* n : forwards)
      if (!net_.rams[n->index].hit_ahead) os_ << "    if (!ap_rst_n) " << ram_[n->index] << "_wrote <= 1'b0;\n";
    for (const Node* n : registers)
      os_ << "    if (!ap_rst_n) " << name_.at(n) << " <= " << literal(net_.states[n->index].init) << ";\n";
    os_ << "  end\n\n";
  }
}

}  // namespace xhls
