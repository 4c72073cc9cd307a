// SPDX-License-Identifier: Apache-2.0
//
// The module from top to bottom.
#include "emit.h"

#include <algorithm>

#include "emitter.h"

namespace xhls {

std::string Emitter::run() {
  name_everything();
  index_held();
  find_open_logic();
  header();
  roms();
  declarations();
  open_logic();
  if (m_.top) issue();
  calls();
  rom_ports();
  valid_bits();
  for (int k = m_.stages; k >= 0; --k) stage(k);
  if (m_.top)
    outputs();
  else
    os_ << "  assign result = " << value(net_.result.slice(0, std::max(1u, active_bits(net_.result))), m_.latency)
        << ";\n";
  os_ << "endmodule\n";
  return os_.str();
}

void Emitter::header() {
  os_ << "// Made by xhls from " << m_.loc.str() << ". Do not edit.\n"
      << "// " << (m_.top ? "Kernel" : "Function") << " of " << (m_.top ? m_.stages : m_.latency)
      << " stages, one iteration a clock.\n"
      << "`include \"xhls.svh\"\n\n"
      << "// Temporaries of a stage are assigned in the clocked block that uses them, so that simulation skips the "
         "stage\n"
      << "// while it holds nothing; values keep the width of their source, whose top bits may go unused.\n"
      << "/* verilator lint_off BLKSEQ */\n/* verilator lint_off UNUSED */\n\n"
      << "module " << m_.name << " (\n    input logic ap_clk";
  if (m_.top) {
    os_ << ",\n    input logic ap_rst_n";
    for (const Stream& s : net_.streams) {
      const char* const forward = s.input ? "input" : "output";
      const char* const back = s.input ? "output" : "input";
      os_ << ",\n    " << forward << " logic " << range(s.width) << s.name << "_TDATA,\n    " << forward << " logic "
          << s.name << "_TVALID,\n    " << back << " logic " << s.name << "_TREADY";
    }
  } else {
    os_ << ",\n    input logic in_valid";
    for (const Arg& a : net_.args)
      if (a.width > 0) os_ << ",\n    input logic " << range(a.width) << name_.at(a.node);
    os_ << ",\n    output logic " << range(std::max(1u, active_bits(net_.result))) << "result";
  }
  os_ << "\n);\n\n";
}

void Emitter::calls() {
  std::map<std::string, int> count;
  for (const Node* n : m_.order) {
    if (n->op != Op::Call) continue;
    const Module& callee = *net_.callees[n->index];
    const int stage = n->stage - callee.latency;
    const std::string instance = unique("u_" + callee.name + std::to_string(count[callee.name]++));
    os_ << "  " << callee.name << ' ' << instance << " (.ap_clk, .in_valid(" << valid(stage) << ")";
    Emitter names(callee);
    names.name_everything();
    for (size_t i = 0; i < n->in.size(); ++i)
      if (!n->in[i].empty())
        os_ << ",\n      ." << names.name_.at(callee.net.args[i].node) << '(' << value(n->in[i], stage) << ')';
    os_ << ",\n      .result(" << name_.at(n) << "));";
    note(*n);
  }
  os_ << '\n';
}

void Emitter::valid_bits() {
  if (m_.stages == 0) return;
  os_ << "  always_ff @(posedge ap_clk) begin\n";
  if (m_.top) {
    os_ << "    v1 <= issue;\n";
    for (int k = 2; k <= m_.stages; ++k) os_ << "    v" << k << " <= v" << k - 1 << ";\n";
    os_ << "    if (!ap_rst_n) begin\n";
    for (int k = 1; k <= m_.stages; ++k) os_ << "      v" << k << " <= 1'b0;\n";
    os_ << "    end\n";
  } else {
    os_ << "    v1 <= in_valid;\n";
    for (int k = 2; k <= m_.stages; ++k) os_ << "    v" << k << " <= v" << k - 1 << ";\n";
  }
  os_ << "  end\n\n";
}

std::string emit_verilog(const Module& m) {
  return Emitter(m).run();
}

}  // namespace xhls
