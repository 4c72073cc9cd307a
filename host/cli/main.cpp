// SPDX-License-Identifier: Apache-2.0
//
// xesp: the operator's command. Exit codes are those of sysexits(3).
#include <fmt/core.h>

#include <cstdio>
#include <cstring>
#include <memory>

#include "commands/tree.h"
#include "words/key_source.h"
#include "xesp/error.h"

namespace {

// `ip` writes -batch and -force with one dash.
void take_long_names_of_ip(int argc, char** argv) {
  static char batch[] = "--batch";
  static char force[] = "--force";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "-batch") == 0) argv[i] = batch;
    if (std::strcmp(argv[i], "-force") == 0) argv[i] = force;
  }
}

}  // namespace

int main(int argc, char** argv) {
  xesp::cli::Invocation given;
  const std::unique_ptr<CLI::App> app = xesp::cli::make_tree(given);
  try {
    take_long_names_of_ip(argc, argv);
    app->parse(argc, argv);
    xesp::cli::hide_keys(argc, argv);
    if (!given.batch.empty() && given.action)
      throw CLI::ValidationError("-b", "a batch has its commands in the file: give one or the other");
    if (!given.batch.empty()) given.action = [&] { return xesp::cli::run_batch(given.common, given.batch); };
    if (!given.action) throw CLI::RequiredError("A command, or -b FILE");
    const int code = given.action();
    return std::fflush(stdout) == 0 ? code : static_cast<int>(xesp::ErrorCode::kIo);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app->exit(e);
    fmt::print(stderr, "xesp: {} (see xesp --help)\n", e.what());
    return static_cast<int>(xesp::ErrorCode::kUsage);
  } catch (const xesp::Error& e) {
    fmt::print(stderr, "xesp: {}\n", e.what());
    return static_cast<int>(e.code());
  } catch (const std::exception& e) {
    fmt::print(stderr, "xesp: internal error: {}\n", e.what());
    return static_cast<int>(xesp::ErrorCode::kSoftware);
  }
}
