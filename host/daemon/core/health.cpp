// SPDX-License-Identifier: Apache-2.0
#include "core/health.h"

#include "log.h"
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
  if (offload_ != nullptr) {
    look_after_card();
    return {};
  }
  try {
    for (const Direction direction : {Direction::kOut, Direction::kIn}) (void)engine_.registers(direction);
    return {};
  } catch (const Error& e) {
    return e.what();
  }
}

void Health::look_after_card() {
  offload_->look_after_card();
  const CardHealth now = offload_->card_health();
  if (told_.present && !now.present)
    log_of("engine")->error("{}: SAs with offload auto go on in software, those with require drop", now.reason);
  else if (!told_.present && now.present)
    log_of("engine")->warn("the card is back: SAs go through it again");
  else if (!now.present && now.reason != told_.reason)
    log_of("engine")->warn("the card does not come back yet: {}", now.reason);
  if (events_ != nullptr && told_.present != now.present)
    events_->tell({{"event", "card"}, {"present", now.present}, {"reason", now.reason}});
  told_ = now;
}

}  // namespace xesp
