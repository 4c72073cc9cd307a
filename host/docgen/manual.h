// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DOCGEN_MANUAL_H
#define XESP_DOCGEN_MANUAL_H

#include <CLI/CLI.hpp>
#include <string>

namespace xesp::docgen {

/// A program's manual page in man(7)'s troff: every option and command of its tree, with the help's own texts.
std::string manual(CLI::App& app, int section, const std::string& more);
/// That of a TOML file whose keys are the program's long options.
std::string config_manual(CLI::App& app);
/// Completion for bash: commands, options, and the words that an option is limited to.
std::string bash_completion(CLI::App& app);

}  // namespace xesp::docgen
#endif
