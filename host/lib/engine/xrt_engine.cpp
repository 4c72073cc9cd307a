// SPDX-License-Identifier: Apache-2.0
//
// The card engine on a card that XRT opens: a real one, or hw_emu.
#include "card_device.h"
#include "engine/card_engine.h"
#include "xesp/engine.h"

namespace xesp {

std::unique_ptr<Engine> make_xrt_engine(const XrtEngineOptions& options) {
  CardOptions card;
  card.xclbin = options.xclbin;
  card.device = options.device;
  card.hwemu_dir = options.hwemu_dir;
  return make_proven_card_engine(std::make_unique<CardDevice>(card));
}

}  // namespace xesp
