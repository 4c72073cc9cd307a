// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_TOOL_H
#define XESP_CLI_TOOL_H

#include <optional>
#include <string>
#include <vector>

namespace xesp::cli::doctor {

/// What a program prints on standard output, run without a shell, its errors thrown away; nothing if it is not
/// installed, fails, or takes longer than 10 s.
std::optional<std::string> output_of(const std::vector<std::string>& command);

/// A file's text, empty if it can't be read.
std::string text_of_file(const std::string& path);

}  // namespace xesp::cli::doctor
#endif
