// SPDX-License-Identifier: Apache-2.0
// tests/card's suite on the product's whole way: engine, worker, XRT, xclbin, simulator process, RTL.
#include <cstdlib>
#include <string>

#include "engines.h"

namespace xesp::test {

std::unique_ptr<Engine> make_engine_under_test(uint64_t seed) {
  ::setenv("XESP_SIM_STALL_SEED", std::to_string(seed).c_str(), 1);
  XrtEngineOptions options;
  options.xclbin = XESP_HWEMU_XCLBIN;
  options.hwemu_dir = XESP_HWEMU_DIR;
  return make_xrt_engine(options);
}

bool engine_is_rtl() {
  return true;
}

}  // namespace xesp::test
