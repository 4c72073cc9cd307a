// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_OPTIONS_H
#define XESP_DAEMON_OPTIONS_H

#include <string>

#include "control/protocol.h"
#include "dataplane/dataplane.h"
#include "xesp/engine.h"

namespace xesp {

/// All that xespd can be told, by options and by a TOML file whose keys are the options' long names with '_' for '-'.
struct DaemonOptions {
  std::string config;  ///< the file; by default /etc/xesp/xesp.toml if it is there
  std::string socket = control::kDefaultSocket;
  std::string engine = "xrt";
  XrtEngineOptions card;
  bool dataplane = true;
  DataplaneOptions interfaces;
  std::string state_dir = "/var/lib/xesp";
  std::string log_level = "info";
  std::string metrics;  ///< loopback address and port of the Prometheus endpoint; empty: none
};

/// Options win over the file. Prints help or version and exits for --help, --version.
/// @throws Error(kUsage, kData, kNoInput) naming the option
DaemonOptions read_options(int argc, char** argv);

}  // namespace xesp
#endif
