// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_COMMANDS_H
#define XESP_CLI_COMMANDS_H

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "control/protocol.h"

namespace xesp::cli {

/// What every command may ask for.
struct Common {
  std::string socket = control::kDefaultSocket;
  bool json = false;
};

/// What main() runs once the command line is read; returns the exit code.
using Action = std::function<int()>;

// Each adds its commands to `app` and sets `action` when one of them is chosen.
void add_state_commands(CLI::App& app, Common& common, Action& action);
void add_policy_commands(CLI::App& app, Common& common, Action& action);
void add_where_command(CLI::App& app, Common& common, Action& action);
void add_stats_commands(CLI::App& app, Common& common, Action& action);
void add_pcap_commands(CLI::App& app, Common& common, Action& action);

}  // namespace xesp::cli
#endif
