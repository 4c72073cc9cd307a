// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_SAS_H
#define XESP_TESTS_SUPPORT_SAS_H

#include <vector>

#include "support/packets.h"
#include "xesp/engine.h"
#include "xesp/sa.h"

namespace xesp::test {

/// An SA from 192.0.2.1 to 198.51.100.1; `seed` changes key and salt.
SaConfig make_sa(Direction direction, Mode mode, uint32_t spi = 0x1001, uint8_t seed = 0);

/// A result that outlives the engine's buffer.
struct Result {
  DropReason status;
  uint64_t seq;
  Bytes data;
  uint8_t events = 0;
};

/// One packet through an engine.
Result send(Engine& engine, SaHandle sa, const Bytes& packet);
Result receive(Engine& engine, const Bytes& packet);

}  // namespace xesp::test
#endif
