// SPDX-License-Identifier: Apache-2.0
#include "hwemu_environment.h"

#include <filesystem>

#include "xesp/error.h"

namespace xesp {

std::map<std::string, std::string> hwemu_environment(const std::string& dir) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path folder = fs::absolute(dir);
  for (const char* part : {"emconfig.json", "xrt.ini", "prefix/lib"}) {
    if (!fs::exists(folder / part, ignored)) {
      throw Error(ErrorCode::kNoInput,
                  "hw_emu folder " + dir + " has no " + part + "; give the folder that the build makes (build/hwemu)");
    }
  }
  return {{"XCL_EMULATION_MODE", "hw_emu"},
          {"XILINX_XRT", folder / "prefix"},
          {"EMCONFIG_PATH", folder},
          {"XRT_INI_PATH", folder / "xrt.ini"}};
}

}  // namespace xesp
