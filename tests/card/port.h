// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_CARD_PORT_H
#define XESP_TESTS_CARD_PORT_H

#include <memory>

#include "engine/card_port.h"

namespace xesp::test {

/// The card of engines.h without an engine.
std::unique_ptr<CardPort> make_port_under_test(uint64_t seed);

}  // namespace xesp::test
#endif
