// SPDX-License-Identifier: Apache-2.0
#include "doctor/finding.h"

#include <algorithm>

namespace xesp::cli::doctor {

const char* severity_name(Severity severity) {
  switch (severity) {
    case Severity::kSkipped:
      return "skipped";
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "?";
}

nlohmann::json to_json(const Finding& finding) {
  return {{"severity", severity_name(finding.severity)},
          {"check", finding.check},
          {"text", finding.text},
          {"fix", finding.fix}};
}

int exit_code(const Findings& findings) {
  const auto any = [&](Severity s) { return std::ranges::find(findings, s, &Finding::severity) != findings.end(); };
  return any(Severity::kError) ? 2 : any(Severity::kWarning) ? 1 : 0;
}

}  // namespace xesp::cli::doctor
