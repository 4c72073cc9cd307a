// SPDX-License-Identifier: Apache-2.0
#include "core/health.h"

#include "xesp/error.h"

namespace xesp {

std::string Health::fault() {
  std::string text = path_.fault();
  if (text.empty()) text = leases_.fault();
  if (text.empty()) text = ask_engine();
  return text;
}

std::string Health::ask_engine() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return {};
  next_ = now + std::chrono::seconds(1);
  try {
    for (const Direction direction : {Direction::kOut, Direction::kIn}) (void)engine_.registers(direction);
    return {};
  } catch (const Error& e) {
    return e.what();
  }
}

}  // namespace xesp
