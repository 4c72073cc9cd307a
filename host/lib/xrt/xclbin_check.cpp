// SPDX-License-Identifier: Apache-2.0
#include "xclbin_check.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "xclbin_info.h"

namespace xesp::worker {
namespace {

bool caller_emulates() {
  const char* mode = std::getenv("XCL_EMULATION_MODE");
  return mode != nullptr && std::string(mode) == "hw_emu";
}

}  // namespace

bool check_xclbin(const CardOptions& options) {
  const std::string& path = options.xclbin;
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    throw Error(ErrorCode::kNoInput,
                "can't read xclbin " + path + "; build it (target xesp_hwemu_xclbin) or give its path");
  }
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  xclbin::Info info;
  try {
    info = xclbin::parse(bytes);
  } catch (const xclbin::BadXclbin& error) {
    throw Error(ErrorCode::kData, "xclbin " + path + ": " + error.what());
  }
  for (const char* kernel : {abi::kKernelOut, abi::kKernelIn}) {
    if (!info.has_compute_unit(kernel)) {
      throw Error(ErrorCode::kData, "xclbin " + path + " is not xesp's: it has no compute unit of kernel " + kernel);
    }
  }
  const bool emulate = !options.hwemu_dir.empty() || caller_emulates();
  if (info.hw_emu && !emulate) {
    throw Error(ErrorCode::kUnavailable,
                "xclbin " + path +
                    " is for hw_emu but no emulation is set up; give the hw_emu folder (build/hwemu) "
                    "or set XCL_EMULATION_MODE=hw_emu and what goes with it");
  }
  if (!info.hw_emu && emulate) {
    throw Error(ErrorCode::kData, "xclbin " + path +
                                      " is for a card but hw_emu is asked for; give an hw_emu xclbin, or no "
                                      "hw_emu folder and no XCL_EMULATION_MODE");
  }
  return info.hw_emu;
}

}  // namespace xesp::worker
