// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_OPTIONS_H
#define XESP_DAEMON_OPTIONS_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/protocol.h"
#include "dataplane/dataplane.h"
#include "xesp/crypto.h"
#include "xesp/engine.h"

namespace CLI {
class App;
}

namespace xesp {

/// All that xespd can be told, by options and by a TOML file whose keys are the options' long names with '_' for '-'.
struct DaemonOptions {
  std::string config;      ///< the file; by default /etc/xesp/xesp.toml if it is there
  std::string config_dir;  ///< folder of more; by default /etc/xesp/conf.d, unless `config` is given
  bool check_config = false;
  std::string socket = control::kDefaultSocket;
  std::string read_group;  ///< a group whose users may ask xespd what is there; empty: none
  std::string engine = "xrt";
  Crypto crypto = Crypto::kAuto;  ///< of the software engine
  XrtEngineOptions card;
  bool dataplane = true;
  DataplaneOptions interfaces;
  std::string state_dir = "/var/lib/xesp";
  std::string log_level = "info";
  std::map<std::string, std::string> log;  ///< levels of subsystems (log.h)
  std::string metrics;                     ///< loopback address and port of the Prometheus endpoint; empty: none
};

/// Options win over the files, of which later ones win. Prints help or version and exits for --help, --version.
/// @throws Error(kUsage, kData, kNoInput) naming the option
DaemonOptions read_options(int argc, char** argv);

/// The same for --check-config: prints OK, or each error. The exit code is that of the first.
int check_config(int argc, char** argv);

/// The settings in which `wanted` differs from what runs and that change by a restart only.
std::vector<std::string> restart_needed(const DaemonOptions& now, const DaemonOptions& wanted);

/// The tree of options, which fill `options`.
std::unique_ptr<CLI::App> make_app(DaemonOptions& options);

}  // namespace xesp
#endif
