// SPDX-License-Identifier: Apache-2.0
//
// xhls: HLS C++ kernels to SystemVerilog. README.md has the subset and the hardware that comes out.
#include <llvm/ADT/ScopeExit.h>
#include <llvm/IR/Function.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>

#include "build.h"
#include "emit.h"
#include "frontend.h"
#include "normalise.h"
#include "pragmas.h"
#include "schedule.h"

namespace {

using namespace xhls;

constexpr int kRejected = 1, kUsage = 2, kInternal = 3;

const char kHelp[] =
    "Usage: xhls --top FUNCTION -o DIRECTORY [options] SOURCE.cpp\n"
    "Compiles an HLS C++ kernel to SystemVerilog.\n"
    "\n"
    "  --top FUNCTION   the kernel; its arguments are hls::stream<ap_uint<W>>&\n"
    "  -o DIRECTORY     receives FUNCTION.sv, FUNCTION__<name>.sv for each function with INLINE off, FUNCTION_ports.h\n"
    "  --budget LEVELS  LUT6 levels a pipeline stage may hold (default 5)\n"
    "  --loop-levels N  levels that a recurrence may take, for it cannot be cut (default: as --budget)\n"
    "  --report FILE    stages, II, registers, RAM bits, and the critical path of each module by source line\n"
    "  --depfile FILE   make rule of the files that the output depends on\n"
    "  --prefix-map DIR prints source paths that begin with DIR without it: in comments, the report and messages\n"
    "  -I DIRECTORY     where headers are looked for (repeatable)\n"
    "  -D NAME[=VALUE]  preprocessor definition (repeatable)\n"
    "  --dump-ir        print the normalised LLVM IR to standard output\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 done, 1 the source is rejected (error: file:line: why), 2 wrong usage, 3 internal error.\n";

struct Usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Options parse(int argc, char** argv) {
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    auto next = [&] {
      if (i + 1 >= argc) throw Usage(a + " needs a value");
      return std::string(argv[++i]);
    };
    if (a == "--help" || a == "-h") {
      std::cout << kHelp;
      std::exit(0);  // NOLINT(concurrency-mt-unsafe): no other thread
    } else if (a == "--top") {
      o.top = next();
    } else if (a == "-o") {
      o.outdir = next();
    } else if (a == "--budget" || a == "--loop-levels") {
      const std::string text = next();
      char* end = nullptr;
      const double n = std::strtod(text.c_str(), &end);
      if (*end != '\0' || !(n >= 1 && n <= 100)) throw Usage(a + " is a number from 1 to 100");
      (a == "--budget" ? o.budget : o.loop_budget) = n;
    } else if (a == "--report") {
      o.report = next();
    } else if (a == "--depfile") {
      o.depfile = next();
    } else if (a == "--prefix-map") {
      o.prefix_map = next();
      if (!o.prefix_map.empty() && o.prefix_map.back() != '/') o.prefix_map += '/';
    } else if (a == "--dump-ir") {
      o.dump_ir = true;
    } else if (a == "-I" || a == "-D") {
      (a == "-I" ? o.include_dirs : o.defines).push_back(next());
    } else if (a.rfind("-I", 0) == 0 || a.rfind("-D", 0) == 0) {
      (a[1] == 'I' ? o.include_dirs : o.defines).push_back(a.substr(2));
    } else if (a[0] == '-') {
      throw Usage("unknown option " + a);
    } else if (!o.source.empty()) {
      throw Usage("more than one source");
    } else {
      o.source = a;
    }
  }
  if (o.source.empty()) throw Usage("no source");
  if (o.top.empty()) throw Usage("--top is missing");
  if (o.outdir.empty()) throw Usage("-o is missing");
  // clang names one file in several ways where it was given relative paths, and pragmas are matched by file name.
  o.source = std::filesystem::absolute(o.source).lexically_normal();
  for (std::string& dir : o.include_dirs) dir = std::filesystem::absolute(dir).lexically_normal();
  return o;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

int levels(double n) {
  return static_cast<int>(n * 100);
}

// Callees before callers, so that each module knows the latency and the ports of what it calls.
void compile_function(llvm::Function* f, const Program& program, const Options& options,
                      std::map<const llvm::Function*, const Module*>& done,
                      std::vector<std::unique_ptr<Module>>& modules) {
  if (done.count(f)) return;
  for (llvm::Function* g : program.modules)
    for (const llvm::User* u : g->users()) {
      const auto* call = llvm::dyn_cast<llvm::Instruction>(u);
      if (call && call->getFunction() == f) compile_function(g, program, options, done, modules);
    }
  auto m = std::make_unique<Module>();
  m->top = f == program.top;
  m->loc = location(*f);
  m->name = m->top ? options.top : options.top + "__" + source_name(*f);
  for (const auto& other : modules)
    if (other->name == m->name) m->name += "_" + std::to_string(modules.size());
  build(*m, *f, program, done);
  schedule(*m, levels(options.budget), levels(options.loop_budget > 0 ? options.loop_budget : options.budget));
  done[f] = m.get();
  modules.push_back(std::move(m));
}

int compile(const Options& options) {
  Loc::prefix = options.prefix_map;
  llvm::LLVMContext context;
  const Source source = run_clang(options, context);
  const Directives directives = read_pragmas(source, options.top);
  auto dump = llvm::make_scope_exit([&] {
    if (options.dump_ir) source.module->print(llvm::outs(), nullptr);
  });
  const Program program = normalise(*source.module, options, directives);

  std::map<const llvm::Function*, const Module*> done;
  std::vector<std::unique_ptr<Module>> modules;
  compile_function(program.top, program, options, done, modules);

  for (const auto& [variable, storage] : directives.storage) {
    const Storage* s = &storage;
    if (std::none_of(modules.begin(), modules.end(), [s](const auto& m) { return m->bound.count(s) > 0; }))
      throw Reject(s->loc, "#pragma HLS BIND_STORAGE: '" + s->variable +
                              "' is no memory here: nothing indexes it at run time, or nothing reads it");
  }

  const std::filesystem::path dir(options.outdir);
  std::filesystem::create_directories(dir);
  std::vector<const Module*> all;
  for (const auto& m : modules) {
    write(dir / (m->name + ".sv"), emit_verilog(*m));
    all.push_back(m.get());
  }
  write(dir / (options.top + "_ports.h"), emit_ports_header(*modules.back()));
  if (!options.report.empty()) write(options.report, emit_report(all, options.budget));
  if (!options.depfile.empty()) {
    std::string rule = (dir / (options.top + ".sv")).string() + ":";
    for (const std::string& f : source.files) rule += " " + f;
    write(options.depfile, rule + "\n");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return compile(parse(argc, argv));
  } catch (const Usage& e) {
    std::cerr << "xhls: " << e.what() << "\n" << kHelp;
    return kUsage;
  } catch (const xhls::Reject& e) {
    std::cerr << "error: " << e.what() << "\n";
    return kRejected;
  } catch (const std::logic_error& e) {
    std::cerr << "xhls: internal error: " << e.what() << "\n";
    return kInternal;
  } catch (const std::exception& e) {
    std::cerr << "error: " << e.what() << "\n";
    return kRejected;
  }
}
