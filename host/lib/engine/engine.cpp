// SPDX-License-Identifier: Apache-2.0
#include "xesp/engine.h"

#include <set>

#include "xesp/error.h"

namespace xesp {

void Engine::require_one_direction(std::span<const SaConfig> sas) {
  for (const SaConfig& sa : sas)
    if (sa.direction != sas.front().direction)
      throw Error(ErrorCode::kData, "dir: SAs that are installed at once have one direction");
}

void Engine::require_distinct(std::span<const SaHandle> sas) {
  std::set<uint16_t> seen;
  for (const SaHandle sa : sas)
    if (!seen.insert(sa.index).second) throw Error(ErrorCode::kNotFound, "an SA was named twice");
}

std::vector<SaHandle> Engine::install_all(std::span<const SaConfig> sas) {
  std::vector<SaHandle> handles;
  require_one_direction(sas);
  try {
    for (const SaConfig& sa : sas) handles.push_back(install(sa));
  } catch (...) {
    for (const SaHandle handle : handles) remove(sas.front().direction, handle);
    throw;
  }
  return handles;
}

void Engine::remove_all(Direction direction, std::span<const SaHandle> sas) {
  require_distinct(sas);
  for (const SaHandle sa : sas) (void)stats(direction, sa);  // all are there, or none is touched
  for (const SaHandle sa : sas) remove(direction, sa);
}

std::vector<SaStats> Engine::stats_all(Direction direction, std::span<const SaHandle> sas) {
  std::vector<SaStats> all;
  for (const SaHandle sa : sas) all.push_back(stats(direction, sa));
  return all;
}

Placement Engine::placement(Direction direction, SaHandle sa) {
  (void)stats(direction, sa);  // it must be there
  return {false, "there is no card"};
}

std::vector<std::pair<std::string, uint64_t>> Engine::registers(Direction) {
  return {};
}

}  // namespace xesp
