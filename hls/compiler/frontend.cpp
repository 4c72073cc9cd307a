// SPDX-License-Identifier: Apache-2.0
#include "frontend.h"

#include <llvm/IRReader/IRReader.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Program.h>
#include <llvm/Support/SourceMgr.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace xhls {

namespace {

struct TempFile {
  llvm::SmallString<128> path;
  explicit TempFile(const char* suffix) {
    if (llvm::sys::fs::createTemporaryFile("xhls", suffix, path)) throw std::runtime_error("no temporary file");
  }
  ~TempFile() { [[maybe_unused]] const std::error_code left = llvm::sys::fs::remove(path); }
};

// The prerequisites of a make rule as clang -MMD writes it.
std::vector<std::string> read_dependencies(const std::string& path) {
  std::ifstream in(path);
  std::string word, all((std::istreambuf_iterator<char>(in)), {});
  std::vector<std::string> files;
  for (size_t i = all.find(':') + 1; i < all.size(); ++i) {
    const char c = all[i];
    if (c == '\\' && i + 1 < all.size() && all[i + 1] == ' ') {
      word += ' ';
      ++i;
    } else if (c == ' ' || c == '\n' || c == '\\') {
      if (!word.empty()) files.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) files.push_back(word);
  return files;
}

}  // namespace

Source run_clang(const Options& options, llvm::LLVMContext& context) {
  if (!std::filesystem::exists(options.source))
    throw std::runtime_error("no such file: " + Loc{options.source, 0}.str());
  const TempFile bitcode("bc"), deps("d");
  std::vector<std::string> args = {XHLS_CLANG,
                                   "-std=c++14",
                                   "-D__XHLS__",
                                   "-g",
                                   "-fdebug-compilation-dir=/",
                                   "-O2",
                                   "-Xclang",
                                   "-disable-llvm-passes",
                                   "-fno-exceptions",
                                   "-fno-rtti",
                                   "-fno-builtin",
                                   "-fno-jump-tables",
                                   "-fno-discard-value-names",
                                   "-fstrict-flex-arrays=3",
                                   "-Wno-unknown-pragmas",
                                   "-Wno-bit-int-extension",
                                   "-emit-llvm",
                                   "-c",
                                   "-MMD",
                                   "-MT",
                                   "x",
                                   "-MF",
                                   std::string(deps.path)};
  for (const std::string& d : options.include_dirs) args.push_back("-I" + d);
  for (const std::string& d : options.defines) args.push_back("-D" + d);
  args.push_back(std::string("-I") + XHLS_INCLUDE_DIR);
  args.push_back(options.source);
  args.emplace_back("-o");
  args.push_back(std::string(bitcode.path));
  std::vector<llvm::StringRef> refs(args.begin(), args.end());
  std::string error;
  if (llvm::sys::ExecuteAndWait(XHLS_CLANG, refs, std::nullopt, {}, 0, 0, &error) != 0)
    throw std::runtime_error(error.empty() ? "clang rejects the source" : error);
  Source source;
  llvm::SMDiagnostic diagnostic;
  source.module = llvm::parseIRFile(bitcode.path, diagnostic, context);
  if (!source.module) throw std::runtime_error("cannot read what clang wrote: " + diagnostic.getMessage().str());
  source.files = read_dependencies(std::string(deps.path));
  return source;
}

}  // namespace xhls
