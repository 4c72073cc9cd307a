// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_COMMANDS_H
#define XESP_CLI_COMMANDS_H

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "control/client.h"

namespace xesp::cli {

/// What every command may ask for.
struct Common {
  std::string socket = control::kDefaultSocket;
  bool json = false;
  bool force = false;  ///< batch and restore: go on after an error
};

/// The verbs of `ip xfrm` on one connection, for a command and for each line of a batch.
using Verb = int (*)(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int add_state(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int delete_state(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int list_states(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int flush_states(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int count_states(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int add_policy(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int delete_policy(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int list_policies(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int flush_policies(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
int count_policies(control::Client& daemon, const Common& common, std::vector<std::string>&& words);
/// @throws Error(kUsage) where a verb that takes no words got some
void refuse_words(const std::vector<std::string>& words);

/// Commands of a file, one a line, as `ip -batch` runs them; the exit code of the first error.
int run_batch(const Common& common, const std::string& file);
/// Adds what a dump of `ip xfrm state` or `ip xfrm policy` holds.
int restore(const Common& common, const std::string& file);

/// What main() runs once the command line is read; returns the exit code.
using Action = std::function<int()>;

// Each adds its commands to `app` and sets `action` when one of them is chosen.
void add_state_commands(CLI::App& app, Common& common, Action& action);
void add_policy_commands(CLI::App& app, Common& common, Action& action);
void add_where_command(CLI::App& app, Common& common, Action& action);
void add_restore_command(CLI::App& object, Common& common, Action& action);
void add_monitor_commands(CLI::App& app, Common& common, Action& action);
void add_mirror_command(CLI::App& app, Common& common, Action& action);
void add_doctor_command(CLI::App& app, Common& common, Action& action);
void add_stats_commands(CLI::App& app, Common& common, Action& action);
void add_tap_command(CLI::App& app, Common& common, Action& action);
void add_pcap_commands(CLI::App& app, Common& common, Action& action);

}  // namespace xesp::cli
#endif
