// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_CONFIG_H
#define XESP_DAEMON_CONFIG_H

#include <string>
#include <vector>

#include "xesp/error.h"

namespace xesp {

/// A setting of a file, in the form of the command line: "socket" and "/run/x", "log" and "control=debug".
struct Setting {
  std::string key;    ///< as the file writes it
  std::string value;  ///< of a switch: "true" or "false"
  bool is_switch = false;
  std::string where;  ///< "FILE, line 3"
  unsigned line = 0;
};

/// The settings of a TOML file in its order. Errors go to `errors`, each with file, line and fix; what is right is
/// returned.
std::vector<Setting> read_settings(const std::string& path, std::vector<Error>& errors);

/// The .toml files of a folder in the order of their names; none if it is not there.
std::vector<std::string> config_files_in(const std::string& folder);

}  // namespace xesp
#endif
