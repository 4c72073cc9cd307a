// SPDX-License-Identifier: Apache-2.0
#include "emit.h"

#include <llvm/ADT/SmallString.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

namespace xhls {

using llvm::APInt;

namespace {

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

// Words of SystemVerilog that C++ leaves free for names.
bool reserved(const std::string& s) {
  static const std::set<std::string> words = {"always",
                                              "and",
                                              "assign",
                                              "begin",
                                              "bit",
                                              "buf",
                                              "byte",
                                              "cell",
                                              "config",
                                              "cover",
                                              "edge",
                                              "end",
                                              "event",
                                              "expect",
                                              "final",
                                              "force",
                                              "function",
                                              "generate",
                                              "global",
                                              "initial",
                                              "input",
                                              "inout",
                                              "inside",
                                              "instance",
                                              "join",
                                              "large",
                                              "local",
                                              "logic",
                                              "macromodule",
                                              "matches",
                                              "medium",
                                              "module",
                                              "nand",
                                              "nor",
                                              "not",
                                              "or",
                                              "output",
                                              "package",
                                              "packed",
                                              "parameter",
                                              "primitive",
                                              "priority",
                                              "program",
                                              "property",
                                              "pure",
                                              "rand",
                                              "ref",
                                              "reg",
                                              "release",
                                              "repeat",
                                              "scalared",
                                              "sequence",
                                              "small",
                                              "solve",
                                              "soft",
                                              "strong",
                                              "supply0",
                                              "supply1",
                                              "table",
                                              "tagged",
                                              "task",
                                              "this",
                                              "time",
                                              "tri",
                                              "type",
                                              "unique",
                                              "use",
                                              "var",
                                              "vectored",
                                              "wait",
                                              "wand",
                                              "weak",
                                              "wildcard",
                                              "wire",
                                              "with",
                                              "within",
                                              "wor",
                                              "xnor",
                                              "xor",
                                              "disable",
                                              "design",
                                              "context",
                                              "before",
                                              "bind",
                                              "bins",
                                              "binsof",
                                              "chandle",
                                              "checker",
                                              "clocking",
                                              "constraint",
                                              "covergroup",
                                              "cross",
                                              "dist",
                                              "endmodule",
                                              "extends",
                                              "first_match",
                                              "forever",
                                              "fork",
                                              "genvar",
                                              "iff",
                                              "ifnone",
                                              "implies",
                                              "import",
                                              "incdir",
                                              "include",
                                              "intersect",
                                              "interface",
                                              "let",
                                              "liblist",
                                              "library",
                                              "modport",
                                              "negedge",
                                              "new",
                                              "noshowcancelled",
                                              "null",
                                              "posedge",
                                              "randc",
                                              "rnmos",
                                              "rtran",
                                              "shortreal",
                                              "showcancelled",
                                              "specify",
                                              "specparam",
                                              "string",
                                              "super",
                                              "throughout",
                                              "timeprecision",
                                              "timeunit",
                                              "tran",
                                              "union",
                                              "unsigned",
                                              "virtual",
                                              "void",
                                              "integer",
                                              "real",
                                              "realtime",
                                              "s",
                                              "in",
                                              "out"};
  return words.count(s) > 0;
}

std::string identifier(const std::string& s) {
  std::string r;
  for (char c : s) r += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  while (!r.empty() && r.back() == '_') r.pop_back();
  if (r.empty() || std::isdigit(static_cast<unsigned char>(r[0]))) r = "n" + r;
  return r;
}

class Emitter {
 public:
  explicit Emitter(const Module& m) : m_(m), net_(m.net) {}
  std::string run();

 private:
  void name_everything();
  std::string unique(const std::string& wanted);
  void header();
  void roms();
  void declarations();
  void issue();
  void calls();
  void stage(int k);
  void outputs();

  std::string at(const Node* n, int stage, unsigned lo, unsigned width) const;
  std::string value(const Bits& b, int stage) const;
  std::string expression(const Node& n, int stage) const;
  void note(const Node& n) {
    if (n.loc.known()) os_ << "  // " << n.loc.str();
    os_ << '\n';
  }
  std::string valid(int stage) const {
    return stage == 0 ? (m_.top ? "issue" : "in_valid") : "v" + std::to_string(stage);
  }
  std::string enable(int stage, const Bits& when) const {
    return is_ones(when) ? valid(stage) : valid(stage) + " && " + value(when, stage);
  }
  bool in_issue_cone(const Node* n) const { return cone_.count(n) > 0; }

  const Module& m_;
  const Netlist& net_;
  std::ostringstream os_;
  std::set<std::string> names_;
  std::map<const Node*, std::string> name_;
  std::vector<std::string> rom_, ram_;
  std::set<const Node*> cone_;
  std::map<std::pair<const Node*, int>, const Held*> held_;
};

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
  for (const auto& stage : m_.held)
    for (const Held& h : stage) held_[{h.node, static_cast<int>(&stage - m_.held.data())}] = &h;
  // The issue condition's own logic stands outside of the gated blocks.
  std::vector<const Node*> work;
  auto reach = [&](const Bits& b) {
    for (const Slice& s : b.parts())
      if (s.node->op != Op::Const && s.node->op != Op::State && s.node->op != Op::Input && cone_.insert(s.node).second)
        work.push_back(s.node);
  };
  for (const Stream& s : net_.streams)
    if (s.input) reach(s.when);
  while (!work.empty()) {
    const Node* n = work.back();
    work.pop_back();
    for (const Bits& b : n->in) reach(b);
  }
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
      return name + "_wrote && " + name + "_last_address == " + in(0) + " ? " + name + "_last : " + name + "_read";
    }
    default:
      throw std::logic_error(std::string("no expression for ") + op_name(n.op));
  }
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
      os_ << "  logic " << range(r.width) << name << " [0:" << r.depth - 1 << "];  // " << r.loc.str() << '\n'
          << "  initial for (int i = 0; i < " << r.depth << "; ++i) " << name << "[i] = '0;\n"
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

void Emitter::issue() {
  for (const Node* n : m_.order)
    if (in_issue_cone(n)) {
      os_ << "  assign " << name_.at(n) << " = " << expression(*n, 0) << ";";
      note(*n);
    }
  for (const Stream& s : net_.streams)
    if (s.input && !is_ones(s.when)) os_ << "  wire " << s.name << "_needed = " << value(s.when, 0) << ";\n";
  for (const Stream& s : net_.streams)
    if (!s.input) os_ << "  logic " << s.name << "_credit;\n";
  os_ << "  wire issue = ap_rst_n";
  for (const Stream& s : net_.streams)
    if (s.input && is_ones(s.when))
      os_ << " && " << s.name << "_TVALID";
    else if (s.input)
      os_ << " && (" << s.name << "_TVALID || !" << s.name << "_needed)";
    else
      os_ << " && " << s.name << "_credit";
  os_ << ";\n";
  for (const Stream& s : net_.streams)
    if (s.input)
      os_ << "  assign " << s.name << "_TREADY = issue" << (is_ones(s.when) ? "" : " && " + s.name + "_needed")
          << ";\n";
  os_ << '\n';
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

void Emitter::stage(int k) {
  std::ostringstream body;
  std::swap(body, os_);
  std::vector<const Node*> here;
  for (const Node* n : m_.order) {
    const bool computed = n->op != Op::Input && n->op != Op::Arg && n->op != Op::State && n->op != Op::Call &&
                          n->op != Op::Const && (n->op != Op::Ram || net_.rams[n->index].forward);
    if (computed && n->stage == k && !in_issue_cone(n)) here.push_back(n);
  }
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
    os_ << "      if (" << enable(k, r.write_when) << ") begin\n        " << name << '[' << address << "] <= " << data
        << ";\n";
    if (r.forward)
      os_ << "        " << name << "_wrote <= 1'b1;\n        " << name << "_last_address <= " << address
          << ";\n        " << name << "_last <= " << data << ";\n";
    os_ << "      end\n";
  }
  std::swap(body, os_);
  std::string text = body.str();
  if (!text.empty() || !registers.empty()) {
    os_ << "  always_ff @(posedge ap_clk) begin\n";
    if (!text.empty()) {
      os_ << "    if (`XHLS_GATE(" << valid(k) << ")) begin : stage" << k << '\n';
      for (const Node* n : here) os_ << "      logic " << range(n->width) << name_.at(n) << ";\n";
      os_ << text << "    end\n";
    }
    for (const Node* n : forwards) os_ << "    if (!ap_rst_n) " << ram_[n->index] << "_wrote <= 1'b0;\n";
    for (const Node* n : registers)
      os_ << "    if (!ap_rst_n) " << name_.at(n) << " <= " << literal(net_.states[n->index].init) << ";\n";
    os_ << "  end\n\n";
  }
}

void Emitter::outputs() {
  for (const Stream& s : net_.streams) {
    if (s.input) continue;
    // Room for what is in the pipeline, and for the credit's way back.
    unsigned depth = 8;
    while (depth < static_cast<unsigned>(s.stage) + 4) depth *= 2;
    os_ << "  xesp_credit_fifo #(.WIDTH(" << s.width << "), .DEPTH(" << depth << ")) u_" << s.name << "_fifo (\n"
        << "      .clk(ap_clk), .rst_n(ap_rst_n), .reserve(issue), .credit(" << s.name << "_credit),\n"
        << "      .push(" << enable(s.stage, s.when) << "), .cancel("
        << (is_ones(s.when) ? "1'b0" : valid(s.stage) + " && !" + value(s.when, s.stage)) << "),\n      .push_data("
        << value(s.data, s.stage) << "),\n"
        << "      .m_tdata(" << s.name << "_TDATA), .m_tvalid(" << s.name << "_TVALID), .m_tready(" << s.name
        << "_TREADY));\n\n";
  }
}

std::string Emitter::run() {
  name_everything();
  header();
  roms();
  declarations();
  if (m_.top) issue();
  calls();
  if (m_.stages > 0) {
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
  for (int k = m_.stages; k >= 0; --k) stage(k);
  if (m_.top)
    outputs();
  else
    os_ << "  assign result = " << value(net_.result.slice(0, std::max(1u, active_bits(net_.result))), m_.latency)
        << ";\n";
  os_ << "endmodule\n";
  return os_.str();
}

}  // namespace

std::string emit_verilog(const Module& m) {
  return Emitter(m).run();
}

std::string emit_ports_header(const Module& top) {
  std::ostringstream os;
  std::string macro = top.name;
  std::transform(macro.begin(), macro.end(), macro.begin(), [](unsigned char c) { return std::toupper(c); });
  os << "// Made by xhls. The streams of " << top.name << ": IN(name, width) and OUT(name, width).\n"
     << "#define " << macro << "_PORTS(IN, OUT)";
  for (const Stream& s : top.net.streams)
    os << " \\\n  " << (s.input ? "IN(" : "OUT(") << s.name << ", " << s.width << ")";
  os << '\n';
  return os.str();
}

std::string emit_report(const std::vector<const Module*>& modules, double budget) {
  std::ostringstream os;
  char line[256];
  std::snprintf(line, sizeof line, "%-40s %7s %14s %10s %8s\n", "module", "stages", "register bits", "RAM bits",
                "levels");
  os << line;
  for (const Module* m : modules) {
    unsigned long registers = 0, ram = 0;
    for (const auto& stage : m->held)
      for (const Held& h : stage) registers += h.hi - h.lo;
    for (const Node* n : m->order) {
      if (n->op == Op::State) registers += n->width;
      if (n->op == Op::Ram)
        ram += static_cast<unsigned long>(m->net.rams[n->index].depth) * m->net.rams[n->index].width;
    }
    std::snprintf(line, sizeof line, "%-40s %7d %14lu %10lu %8.1f  latest: %s\n", m->name.c_str(), m->stages, registers,
                  ram, m->critical / 100.0, m->critical_loc.str().c_str());
    os << line;
  }
  std::snprintf(line, sizeof line, "budget: %.1f levels of LUT6 a stage (a model, not a timing report)\n", budget);
  os << line;
  for (const Module* m : modules)
    for (const std::string& w : m->warnings) os << "warning: " << m->name << ": " << w << '\n';
  return os.str();
}

}  // namespace xhls
