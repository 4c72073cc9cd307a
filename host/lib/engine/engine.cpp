// SPDX-License-Identifier: Apache-2.0
#include "xesp/engine.h"

#include "xesp/error.h"

namespace xesp {

std::vector<SaHandle> Engine::install_all(std::span<const SaConfig> sas) {
  std::vector<SaHandle> handles;
  if (sas.empty()) return handles;
  const Direction direction = sas.front().direction;
  try {
    for (const SaConfig& sa : sas) {
      if (sa.direction != direction) throw Error(ErrorCode::kData, "dir: SAs that are installed at once have one direction");
      handles.push_back(install(sa));
    }
  } catch (...) {
    for (const SaHandle handle : handles) remove(direction, handle);
    throw;
  }
  return handles;
}

void Engine::remove_all(Direction direction, std::span<const SaHandle> sas) {
  for (const SaHandle sa : sas) (void)stats(direction, sa);  // all are there, or none is touched
  for (const SaHandle sa : sas) remove(direction, sa);
}

std::vector<SaStats> Engine::stats_all(Direction direction, std::span<const SaHandle> sas) {
  std::vector<SaStats> all;
  for (const SaHandle sa : sas) all.push_back(stats(direction, sa));
  return all;
}

std::vector<std::pair<std::string, uint64_t>> Engine::registers(Direction) {
  return {};
}

}  // namespace xesp
