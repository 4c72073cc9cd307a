// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_RUN_H
#define XESP_CLI_MIRROR_RUN_H

#include <functional>
#include <string>

#include "mirror/mirror.h"

namespace xesp::mirror {

struct Settings {
  std::string socket;    ///< xespd's
  std::string offload;   ///< auto, off or require
  bool once = false;     ///< one look, and no following
  bool dry_run = false;  ///< nothing is done, no xespd asked
  bool adopt = false;
  Mirror::Tell tell;
  std::function<void(const std::string&)> warn;  ///< what comes and goes: xespd away, messages lost
};

struct Totals {
  size_t sas = 0;
  size_t policies = 0;
  size_t left = 0;
};

/// Mirrors until SIGTERM or SIGINT, which it blocks; with `once` until all is mirrored. Without `once` it waits
/// for an xespd that is away. What is mirrored stays when it ends. @throws Error
Totals run(const Settings& settings);

}  // namespace xesp::mirror
#endif
