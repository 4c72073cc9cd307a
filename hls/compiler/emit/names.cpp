// SPDX-License-Identifier: Apache-2.0
//
// Names: unique in the module, no word of SystemVerilog.
#include <algorithm>
#include <cctype>
#include <string_view>

#include "emitter.h"

namespace xhls {

namespace {

// Words of SystemVerilog that C++ leaves free for names.
// clang-format off
constexpr std::string_view kReserved[] = {
    "always", "and", "assign", "before", "begin", "bind", "bins", "binsof", "bit", "buf", "byte", "cell", "chandle",
    "checker", "clocking", "config", "constraint", "context", "cover", "covergroup", "cross", "design", "disable",
    "dist", "edge", "end", "endmodule", "event", "expect", "extends", "final", "first_match", "force", "forever",
    "fork", "function", "generate", "genvar", "global", "iff", "ifnone", "implies", "import", "incdir", "include",
    "initial", "inout", "input", "inside", "instance", "integer", "interface", "intersect", "join", "large", "let",
    "liblist", "library", "local", "logic", "macromodule", "matches", "medium", "modport", "module", "nand",
    "negedge", "new", "nor", "noshowcancelled", "not", "null", "or", "output", "package", "packed", "parameter",
    "posedge", "primitive", "priority", "program", "property", "pure", "rand", "randc", "real", "realtime", "ref",
    "reg", "release", "repeat", "rnmos", "rtran", "scalared", "sequence", "shortreal", "showcancelled", "small",
    "soft", "solve", "specify", "specparam", "string", "strong", "super", "supply0", "supply1", "table", "tagged",
    "task", "this", "throughout", "time", "timeprecision", "timeunit", "tran", "tri", "type", "union", "unique",
    "unsigned", "use", "var", "vectored", "virtual", "void", "wait", "wand", "weak", "wildcard", "wire", "with",
    "within", "wor", "xnor", "xor"};
// clang-format on
static_assert(std::ranges::is_sorted(kReserved));

bool reserved(const std::string& s) {
  // The last three are no words of the language, but have always been kept free.
  return std::ranges::binary_search(kReserved, s) || s == "s" || s == "in" || s == "out";
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
