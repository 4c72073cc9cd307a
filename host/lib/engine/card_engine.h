// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_CARD_ENGINE_H
#define XESP_ENGINE_CARD_ENGINE_H

#include <memory>

#include "engine/card_port.h"
#include "xesp/engine.h"

namespace xesp {

/// The engine of a card, whatever way leads to it. Takes the port over; the card's tables must be empty (as after
/// reset).
std::unique_ptr<Engine> make_card_engine(std::unique_ptr<CardPort> port);

/// The same of a card with anything in its tables, which are emptied first, and once it has passed self_test(), with
/// counters that begin after that.
std::unique_ptr<Engine> make_proven_card_engine(std::unique_ptr<CardPort> port);

}  // namespace xesp
#endif
