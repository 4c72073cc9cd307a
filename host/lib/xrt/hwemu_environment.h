// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_HWEMU_ENVIRONMENT_H
#define XESP_XRT_HWEMU_ENVIRONMENT_H

#include <map>
#include <string>

namespace xesp {

/// What XRT must find in its environment, before it is loaded, to run hw_emu out of a folder that bitstreams/ made
/// (emconfig.json, xrt.ini, prefix/). CardDevice gives it to its worker; another program puts it into its own
/// environment and execs. @throws Error(kNoInput) naming what the folder lacks.
std::map<std::string, std::string> hwemu_environment(const std::string& dir);

}  // namespace xesp
#endif
