// SPDX-License-Identifier: Apache-2.0
//
// Names: unique in the module, no word of SystemVerilog.
#include <algorithm>
#include <cctype>
#include <string_view>

#include "emitter.h"

namespace xhls {

namespace {

// Keywords of SystemVerilog (IEEE 1800-2017 annex B).
// clang-format off
constexpr std::string_view kReserved[] = {
    "accept_on", "alias", "always", "always_comb", "always_ff", "always_latch", "and", "assert", "assign", "assume",
    "automatic", "before", "begin", "bind", "bins", "binsof", "bit", "break", "buf", "bufif0", "bufif1", "byte", "case",
    "casex", "casez", "cell", "chandle", "checker", "class", "clocking", "cmos", "config", "const", "constraint",
    "context", "continue", "cover", "covergroup", "coverpoint", "cross", "deassign", "default", "defparam", "design",
    "disable", "dist", "do", "edge", "else", "end", "endcase", "endchecker", "endclass", "endclocking", "endconfig",
    "endfunction", "endgenerate", "endgroup", "endinterface", "endmodule", "endpackage", "endprimitive", "endprogram",
    "endproperty", "endsequence", "endspecify", "endtable", "endtask", "enum", "event", "eventually", "expect",
    "export", "extends", "extern", "final", "first_match", "for", "force", "foreach", "forever", "fork", "forkjoin",
    "function", "generate", "genvar", "global", "highz0", "highz1", "if", "iff", "ifnone", "ignore_bins",
    "illegal_bins", "implements", "implies", "import", "incdir", "include", "initial", "inout", "input", "inside",
    "instance", "int", "integer", "interconnect", "interface", "intersect", "join", "join_any", "join_none", "large",
    "let", "liblist", "library", "local", "localparam", "logic", "longint", "macromodule", "matches", "medium",
    "modport", "module", "nand", "negedge", "nettype", "new", "nexttime", "nmos", "nor", "noshowcancelled", "not",
    "notif0", "notif1", "null", "or", "output", "package", "packed", "parameter", "pmos", "posedge", "primitive",
    "priority", "program", "property", "protected", "pull0", "pull1", "pulldown", "pullup", "pulsestyle_ondetect",
    "pulsestyle_onevent", "pure", "rand", "randc", "randcase", "randsequence", "rcmos", "real", "realtime", "ref",
    "reg", "reject_on", "release", "repeat", "restrict", "return", "rnmos", "rpmos", "rtran", "rtranif0", "rtranif1",
    "s_always", "s_eventually", "s_nexttime", "s_until", "s_until_with", "scalared", "sequence", "shortint",
    "shortreal", "showcancelled", "signed", "small", "soft", "solve", "specify", "specparam", "static", "string",
    "strong", "strong0", "strong1", "struct", "super", "supply0", "supply1", "sync_accept_on", "sync_reject_on",
    "table", "tagged", "task", "this", "throughout", "time", "timeprecision", "timeunit", "tran", "tranif0", "tranif1",
    "tri", "tri0", "tri1", "triand", "trior", "trireg", "type", "typedef", "union", "unique", "unique0", "unsigned",
    "until", "until_with", "untyped", "use", "uwire", "var", "vectored", "virtual", "void", "wait", "wait_order",
    "wand", "weak", "weak0", "weak1", "while", "wildcard", "wire", "with", "within", "wor", "xnor", "xor"};
// clang-format on
static_assert(std::ranges::is_sorted(kReserved));

bool reserved(const std::string& s) {
  return std::ranges::binary_search(kReserved, s);
}

std::string identifier(const std::string& s) {
  std::string r;
  for (char c : s) r += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  while (!r.empty() && r.back() == '_') r.pop_back();
  if (r.empty() || std::isdigit(static_cast<unsigned char>(r[0]))) r = "n" + r;
  return r;
}

}  // namespace

std::string Emitter::unique(const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; reserved(name) || !names_.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
  return name;
}

void Emitter::name_everything() {
  for (const char* s : {"ap_clk", "ap_rst_n", "issue", "in_valid", "result"}) names_.insert(s);
  for (int k = 0; k <= m_.stages + 1; ++k) names_.insert("v" + std::to_string(k));
  for (const Stream& s : net_.streams)
    for (const char* suffix :
         {"_TDATA", "_TVALID", "_TREADY", "_needed", "_when", "_data", "_credit", "_push", "_cancel"})
      names_.insert(s.name + suffix);
  for (const Arg& a : net_.args) name_[a.node] = unique(identifier(a.name));
  for (const Rom& r : net_.roms) rom_.push_back(unique(identifier(r.name)));
  for (const Ram& r : net_.rams) {
    ram_.push_back(unique(identifier(r.name)));
    for (const char* suffix : {"_read", "_wrote", "_last", "_last_address"}) names_.insert(ram_.back() + suffix);
  }
  for (const Node* n : m_.order) {
    if (name_.count(n)) continue;
    switch (n->op) {
      case Op::Input:
        name_[n] = net_.streams[n->index].name + "_TDATA";
        break;
      case Op::State:
        name_[n] = unique(identifier(net_.states[n->index].name));
        break;
      case Op::Ram:
        names_.insert(name_[n] = ram_[n->index] + "_q");
        break;
      case Op::Call:
        name_[n] = unique((n->name.empty() ? identifier(net_.callees[n->index]->name) + "_r" : identifier(n->name)));
        break;
      default:
        name_[n] = unique(n->name.empty() ? std::string(op_name(n->op)) + std::to_string(n->id) : identifier(n->name));
    }
  }
}

}  // namespace xhls
