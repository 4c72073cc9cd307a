// SPDX-License-Identifier: Apache-2.0
//
// xesp_docgen WHAT FILE: manual pages and completion, from the trees of options themselves.
#include <fmt/core.h>

#include <cstdio>
#include <fstream>

#include "commands/tree.h"
#include "manual.h"
#include "options.h"
#include "xesp/error.h"

namespace {

constexpr const char* kMoreOfXesp = R"(.SH FILES
/run/xesp/xespd.sock
.SH "SEE ALSO"
xespd(8), xesp.toml(5), ip\-xfrm(8)
)";
constexpr const char* kMoreOfXespd = R"(.SH SIGNALS
SIGTERM and SIGINT end it, SIGHUP reads the configuration again.
.SH FILES
/etc/xesp/xesp.toml, /etc/xesp/conf.d/*.toml, /run/xesp/xespd.sock, /var/lib/xesp/leases.journal
.SH "SEE ALSO"
xesp(1), xesp.toml(5)
)";

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 3 ? argv[1] : "";
  xesp::cli::Invocation invocation;
  xesp::DaemonOptions options;
  const auto xesp = xesp::cli::make_tree(invocation);
  const auto xespd = xesp::make_app(options);
  std::string text;
  if (what == "xesp.1") text = xesp::docgen::manual(*xesp, 1, kMoreOfXesp);
  if (what == "xespd.8") text = xesp::docgen::manual(*xespd, 8, kMoreOfXespd);
  if (what == "xesp.toml.5") text = xesp::docgen::config_manual(*xespd);
  if (what == "completion-xesp") text = xesp::docgen::bash_completion(*xesp);
  if (what == "completion-xespd") text = xesp::docgen::bash_completion(*xespd);
  if (text.empty()) {
    fmt::print(stderr,
               "xesp_docgen: give xesp.1, xespd.8, xesp.toml.5, completion-xesp or completion-xespd, and a file\n");
    return static_cast<int>(xesp::ErrorCode::kUsage);
  }
  std::ofstream out(argv[2]);
  out << text;
  out.close();
  if (!out) {
    fmt::print(stderr, "xesp_docgen: {} can't be written: look at its folder\n", argv[2]);
    return static_cast<int>(xesp::ErrorCode::kIo);
  }
  return 0;
}
