// SPDX-License-Identifier: Apache-2.0
#include "stats.h"

#include <fstream>
#include <stdexcept>

namespace xesp::hwemu {

void Stats::write(const std::string& path, uint64_t clocks) const {
  const double wall = std::chrono::duration<double>(Clock::now() - start_).count();
  const double clocking = std::chrono::duration<double>(clocking_).count();
  std::ofstream file(path);
  file << "{\"cycles\": " << clocks << ", \"wall_seconds\": " << wall << ", \"clocking_seconds\": " << clocking
       << ", \"cycles_per_second\": " << (clocking > 0 ? static_cast<double>(clocked_) / clocking : 0) << "}\n";
  if (!file.flush()) throw std::runtime_error("can't write XESP_SIM_STATS file " + path);
}

}  // namespace xesp::hwemu
