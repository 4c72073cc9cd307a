// SPDX-License-Identifier: Apache-2.0
#include "xesp/engine.h"

namespace xesp {

std::vector<std::pair<std::string, uint64_t>> Engine::registers(Direction) {
  return {};
}

}  // namespace xesp
