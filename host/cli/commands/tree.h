// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_TREE_H
#define XESP_CLI_TREE_H

#include <memory>
#include <string>

#include "commands/commands.h"

namespace xesp::cli {

/// What a command line fills; must outlive the tree.
struct Invocation {
  Common common;
  Action action;
  std::string batch;  ///< -b
};

/// All commands and options of xesp; its manual and completion are made from it too.
std::unique_ptr<CLI::App> make_tree(Invocation& invocation);

}  // namespace xesp::cli
#endif
