// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_FINDING_H
#define XESP_CLI_FINDING_H

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace xesp::cli::doctor {

/// kSkipped: could not be looked at. kNote: worth knowing, no fault.
enum class Severity { kSkipped, kNote, kWarning, kError };

struct Finding {
  Severity severity;
  std::string check;  ///< what was looked at: "sa", "firewall"
  std::string text;   ///< what is, and why
  std::string fix;    ///< what to do; empty where nothing
};
using Findings = std::vector<Finding>;

const char* severity_name(Severity severity);
nlohmann::json to_json(const Finding& finding);
/// 0: no warning; 1: warnings; 2: errors.
int exit_code(const Findings& findings);

}  // namespace xesp::cli::doctor
#endif
