// SPDX-License-Identifier: Apache-2.0
//
// What each pragma means here. A pragma belongs to the innermost function whose lines enclose it.
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Instructions.h>

#include <algorithm>

#include "pragma.h"
#include "pragmas.h"

namespace xhls {

using namespace llvm;

namespace {

// A function of the source with its lines: several where a template has instances.
struct Scope {
  std::vector<Function*> functions;
  unsigned first = 0;
};

class Rules {
 public:
  Rules(const Source& source, const std::string& top) : source_(source), top_(top) {}
  Directives read();

 private:
  struct Extent {
    Function* function;
    unsigned first, last;
  };

  Scope scope_of(const Pragma& p) const;
  bool is_top(const Scope& s) const;
  void apply(const Pragma& p, const Scope& s);
  void pipeline(const Pragma& p, const Scope& s);
  void interface(const Pragma& p, const Scope& s);
  void bind_storage(const Pragma& p, const Scope& s);
  void array_partition(const Pragma& p, const Scope& s);
  const DIGlobalVariable* global(const std::string& name, const Scope& s) const;
  bool has_local(const std::string& name, const Scope& s) const;

  const Source& source_;
  const std::string& top_;
  std::map<std::string, std::vector<Extent>> extents_;  // by file
  std::set<const Function*> off_;
  bool top_pipelined_ = false;
  Directives result_;
};

[[noreturn]] void reject(const Pragma& p, const std::string& what) {
  throw Reject(p.loc, "#pragma HLS " + p.name + " " + what);
}

std::string option(const Pragma& p, const char* key) {
  const auto it = p.options.find(key);
  return it == p.options.end() ? std::string() : it->second;
}

bool has_word(const Pragma& p, const char* w) {
  return std::find(p.words.begin(), p.words.end(), w) != p.words.end();
}

// Whatever is not named would be read past: rejected.
void only(const Pragma& p, std::initializer_list<const char*> keys, std::initializer_list<const char*> words = {}) {
  for (const auto& [key, value] : p.options)
    if (std::none_of(keys.begin(), keys.end(), [&](const char* k) { return key == k; }))
      reject(p, std::string(key).append("=").append(value).append(": this option is not supported"));
  for (const std::string& w : p.words)
    if (std::none_of(words.begin(), words.end(), [&](const char* k) { return w == k; }))
      reject(p, w + ": this option is not supported");
}

Scope Rules::scope_of(const Pragma& p) const {
  Scope s;
  const auto in_file = extents_.find(p.loc.file);
  if (in_file == extents_.end()) return s;
  for (const Extent& e : in_file->second)
    if (e.first <= p.loc.line && p.loc.line <= e.last) s.first = std::max(s.first, e.first);
  for (const Extent& e : in_file->second)
    if (s.first != 0 && e.first == s.first && p.loc.line <= e.last) s.functions.push_back(e.function);
  return s;
}

bool Rules::is_top(const Scope& s) const {
  return s.functions.size() == 1 && s.functions[0]->getSubprogram()->getName() == top_;
}

const DIGlobalVariable* Rules::global(const std::string& name, const Scope& s) const {
  const DIGlobalVariable* outer = nullptr;
  for (const GlobalVariable& g : source_.module->globals()) {
    SmallVector<DIGlobalVariableExpression*, 1> infos;
    g.getDebugInfo(infos);
    if (infos.empty() || infos[0]->getVariable()->getName() != name) continue;
    const DIScope* scope = infos[0]->getVariable()->getScope();
    while (isa_and_nonnull<DILexicalBlock>(scope)) scope = scope->getScope();
    if (!isa_and_nonnull<DISubprogram>(scope)) outer = infos[0]->getVariable();
    for (const Function* f : s.functions)
      if (scope == f->getSubprogram()) return infos[0]->getVariable();
  }
  return outer;
}

bool Rules::has_local(const std::string& name, const Scope& s) const {
  for (const Function* f : s.functions)
    for (const BasicBlock& b : *f)
      for (const Instruction& i : b)
        for (const DbgVariableRecord& r : filterDbgVars(i.getDbgRecordRange()))
          if (r.getVariable()->getName() == name) return true;
  return false;
}

void Rules::pipeline(const Pragma& p, const Scope& s) {
  only(p, {"ii", "style"}, {"off"});
  if (has_word(p, "off")) reject(p, "off: every kernel is a pipeline");
  if (const std::string ii = option(p, "ii"); !ii.empty() && ii != "1")
    reject(p, "II=" + ii + ": only II=1 is supported");
  const std::string style = option(p, "style");
  if (!style.empty() && style != "flp" && style != "frp")
    reject(p, "style=" + style + ": results do not wait for the next input here; say style=flp or frp");
  if (!is_top(s)) return;
  // UG1399: without a style the pipeline is stp, which keeps its last results until more input comes.
  if (style.empty()) reject(p, "of the top function: say style=flp or frp, for the vendor's default is stp");
  top_pipelined_ = true;
}

void Rules::interface(const Pragma& p, const Scope& s) {
  std::string mode = option(p, "mode");
  if (mode.empty() && !p.words.empty()) mode = p.words[0];
  if (mode != "axis" && mode != "ap_ctrl_none") reject(p, mode + ": only axis and ap_ctrl_none are supported");
  only(p, {"mode", "port"}, {"axis", "ap_ctrl_none"});
  if (!is_top(s)) reject(p, "stands in a function that is not the top one ('" + top_ + "')");
  const std::string port = option(p, "port");
  if (mode == "ap_ctrl_none") {
    if (port != "return") reject(p, "ap_ctrl_none: say port=return");
    return;
  }
  for (const Argument& a : s.functions[0]->args())
    if (a.getName() == port) return;
  reject(p, "axis port=" + port + ": the top function has no such argument");
}

void Rules::bind_storage(const Pragma& p, const Scope& s) {
  only(p, {"variable", "type", "impl"});
  Storage b{p.loc, option(p, "variable"), option(p, "type"), option(p, "impl")};
  const DIGlobalVariable* g = global(b.variable, s);
  if (!g) reject(p, "variable=" + b.variable + ": no static or constant array of this name is seen here");
  static const std::set<std::string> types = {"ram_1p", "ram_2p", "ram_s2p", "ram_t2p", "ram_1wnr",
                                              "rom_1p", "rom_2p", "rom_np"};
  if (!types.count(b.type)) reject(p, "type=" + b.type + ": not supported (ram_2p, ram_s2p, rom_1p, rom_2p, rom_np ...)");
  if (!b.impl.empty() && b.impl != "auto" && b.impl != "bram" && b.impl != "lutram" && b.impl != "uram")
    reject(p, "impl=" + b.impl + ": not supported (bram, lutram, uram, auto)");
  if (b.impl == "auto") b.impl.clear();
  const auto [it, fresh] = result_.storage.try_emplace(g, b);
  if (!fresh && (it->second.type != b.type || it->second.impl != b.impl))
    reject(p, "variable=" + b.variable + ": bound otherwise at " + it->second.loc.str());
}

void Rules::array_partition(const Pragma& p, const Scope& s) {
  only(p, {"variable", "type", "dim"}, {"complete"});
  if (option(p, "type") != "complete" && !has_word(p, "complete")) reject(p, ": only complete is supported");
  if (const std::string dim = option(p, "dim"); !dim.empty() && dim != "0" && dim != "1")
    reject(p, "dim=" + dim + ": only whole arrays are supported");
  const std::string name = option(p, "variable");
  if (const DIGlobalVariable* g = global(name, s))
    result_.partitioned.try_emplace(g, p.loc);
  else if (!has_local(name, s))
    reject(p, "variable=" + name + ": no array of this name is seen here");
}

void Rules::apply(const Pragma& p, const Scope& s) {
  static const std::set<std::string> known = {"INLINE", "PIPELINE", "INTERFACE", "UNROLL", "ARRAY_PARTITION",
                                              "BIND_STORAGE", "DEPENDENCE"};
  if (!known.count(p.name)) throw Reject(p.loc, "unknown pragma: HLS " + p.name);
  if (s.functions.empty()) return;  // of a function that nobody calls: clang has dropped it
  if (p.name == "INLINE") {
    only(p, {}, {"off"});
    if (has_word(p, "off")) off_.insert(s.functions.begin(), s.functions.end());
  } else if (p.name == "PIPELINE") {
    pipeline(p, s);
  } else if (p.name == "INTERFACE") {
    interface(p, s);
  } else if (p.name == "UNROLL") {
    only(p, {});  // all loops are unrolled
  } else if (p.name == "ARRAY_PARTITION") {
    array_partition(p, s);
  } else if (p.name == "BIND_STORAGE") {
    bind_storage(p, s);
  } else {
    only(p, {"variable", "class", "type", "direction", "distance", "dependent"},
         {"array", "pointer", "inter", "intra", "raw", "war", "waw", "true", "false"});
    // Every access keeps the order of the program here. A dependence that is said to be none may be one all the same,
    // and then the vendor's tool does not keep it.
    if (has_word(p, "false") || option(p, "dependent") == "false")
      reject(p, "false: what the vendor's tool takes for granted is not checked here; leave it out");
  }
}

Directives Rules::read() {
  for (Function& f : *source_.module) {
    const DISubprogram* sp = f.getSubprogram();
    if (!sp || f.isDeclaration()) continue;
    Extent e{&f, sp->getLine(), sp->getLine()};
    for (const BasicBlock& b : f)
      for (const Instruction& i : b)
        if (const DILocation* l = i.getDebugLoc(); l && !l->getInlinedAt()) e.last = std::max(e.last, l->getLine());
    extents_[sp->getFilename().str()].push_back(e);
  }
  for (const std::string& file : source_.files)
    for (const Pragma& p : scan_pragmas(file)) apply(p, scope_of(p));
  for (Function& f : *source_.module) {
    if (off_.count(&f)) result_.modules.push_back(&f);
    const DISubprogram* sp = f.getSubprogram();
    if (sp && !f.isDeclaration() && sp->getName() == top_ && !top_pipelined_)
      throw Reject({sp->getFilename().str(), sp->getLine()},
                   "the top function needs `#pragma HLS PIPELINE II=1 style=flp`: without it the vendor's tool makes no "
                   "pipeline");
  }
  return std::move(result_);
}

}  // namespace

const Storage* Directives::storage_of(const GlobalVariable& g) const {
  SmallVector<DIGlobalVariableExpression*, 1> infos;
  g.getDebugInfo(infos);
  if (infos.empty()) return nullptr;
  const auto it = storage.find(infos[0]->getVariable());
  return it == storage.end() ? nullptr : &it->second;
}

Directives read_pragmas(const Source& source, const std::string& top) {
  return Rules(source, top).read();
}

}  // namespace xhls
