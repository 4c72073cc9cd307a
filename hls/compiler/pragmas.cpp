// SPDX-License-Identifier: Apache-2.0
//
// clang drops pragmas that it does not know, so they are read from the text. A pragma belongs to the function whose
// lines enclose it.
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Instructions.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "frontend.h"

namespace xhls {

namespace {

struct Pragma {
  Loc loc;
  std::string name;                            // upper case
  std::vector<std::string> words;              // what stands without '='
  std::map<std::string, std::string> options;  // key=value, keys in lower case
};

std::string upper(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return std::toupper(c); });
  return s;
}
std::string lower(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return std::tolower(c); });
  return s;
}

std::vector<Pragma> scan(const std::string& file) {
  std::vector<Pragma> pragmas;
  std::ifstream in(file);
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    const unsigned first = number;
    while (!line.empty() && line.back() == '\\') {
      std::string more;
      if (!std::getline(in, more)) break;
      ++number;
      line.back() = ' ';
      line += more;
    }
    const size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') continue;
    line = line.substr(0, line.find("//"));
    std::istringstream words(line.substr(hash + 1));
    std::string word;
    if (!(words >> word) || word != "pragma" || !(words >> word) || upper(word) != "HLS") continue;
    Pragma p;
    p.loc = {file, first};
    words >> p.name;
    p.name = upper(p.name);
    // "a = b" and "a=b" are the same.
    std::string rest((std::istreambuf_iterator<char>(words)), {}), tight;
    for (size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == '=') {
        while (!tight.empty() && std::isspace(static_cast<unsigned char>(tight.back()))) tight.pop_back();
        tight += '=';
        while (i + 1 < rest.size() && std::isspace(static_cast<unsigned char>(rest[i + 1]))) ++i;
      } else {
        tight += rest[i];
      }
    }
    std::istringstream tokens(tight);
    while (tokens >> word) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos)
        p.words.push_back(lower(word));
      else
        p.options[lower(word.substr(0, equals))] = word.substr(equals + 1);
    }
    pragmas.push_back(std::move(p));
  }
  return pragmas;
}

bool has_word(const Pragma& p, const char* w) {
  return std::find(p.words.begin(), p.words.end(), w) != p.words.end();
}

// Accepts or rejects; true for INLINE off.
bool check(const Pragma& p) {
  auto option = [&](const char* key) {
    const auto it = p.options.find(key);
    return it == p.options.end() ? std::string() : lower(it->second);
  };
  if (p.name == "INLINE") {
    if (has_word(p, "recursive")) throw Reject(p.loc, "#pragma HLS INLINE recursive is not supported");
    return has_word(p, "off");
  }
  if (p.name == "PIPELINE") {
    if (has_word(p, "off")) throw Reject(p.loc, "#pragma HLS PIPELINE off: every kernel is a pipeline");
    const std::string ii = option("ii");
    if (!ii.empty() && ii != "1") throw Reject(p.loc, "#pragma HLS PIPELINE II=" + ii + ": only II=1 is supported");
    return false;
  }
  if (p.name == "INTERFACE") {
    std::string mode = option("mode");
    if (mode.empty() && !p.words.empty()) mode = p.words[0];
    if (mode != "axis" && mode != "ap_ctrl_none")
      throw Reject(p.loc, "#pragma HLS INTERFACE " + mode + ": only axis and ap_ctrl_none are supported");
    return false;
  }
  if (p.name == "UNROLL") {
    if (!option("factor").empty()) throw Reject(p.loc, "#pragma HLS UNROLL factor: loops are unrolled fully");
    return false;
  }
  if (p.name == "ARRAY_PARTITION") {
    const std::string type = option("type");
    if (type != "complete" && !has_word(p, "complete"))
      throw Reject(p.loc, "#pragma HLS ARRAY_PARTITION: only complete is supported");
    return false;
  }
  // These choose an implementation that is this compiler's own business, and do not change what is computed.
  if (p.name == "BIND_STORAGE" || p.name == "BIND_OP" || p.name == "DEPENDENCE" || p.name == "RESET") return false;
  throw Reject(p.loc, "unknown pragma: HLS " + p.name);
}

struct Extent {
  llvm::Function* function;
  unsigned first, last;
};

}  // namespace

std::set<llvm::Function*> read_pragmas(const Source& source) {
  std::map<std::string, std::vector<Extent>> extents;  // by file
  for (llvm::Function& f : *source.module) {
    const llvm::DISubprogram* sp = f.getSubprogram();
    if (!sp) continue;
    Extent e{&f, sp->getLine(), sp->getLine()};
    for (const llvm::BasicBlock& b : f)
      for (const llvm::Instruction& i : b)
        if (const llvm::DILocation* l = i.getDebugLoc(); l && !l->getInlinedAt())
          e.last = std::max(e.last, l->getLine());
    extents[sp->getFilename().str()].push_back(e);
  }
  std::set<llvm::Function*> modules;
  for (const std::string& file : source.files)
    for (const Pragma& p : scan(file)) {
      if (!check(p)) continue;
      // All functions made from these lines: a template has one for each instance.
      unsigned best = 0;
      for (const Extent& e : extents[file])
        if (e.first <= p.loc.line && p.loc.line <= e.last) best = std::max(best, e.first);
      for (const Extent& e : extents[file])
        if (best != 0 && e.first == best && p.loc.line <= e.last) modules.insert(e.function);
    }
  return modules;
}

}  // namespace xhls
