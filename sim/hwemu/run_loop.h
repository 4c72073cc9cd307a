// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_RUN_LOOP_H
#define XESP_HWEMU_RUN_LOOP_H

#include "card.h"
#include "host_link.h"
#include "stats.h"

namespace xesp::hwemu {

/// Serves the host until it closes the card or goes. Sleeps on the socket while the card is idle; while it is busy lets
/// the clock run and looks at the socket now and then, for the host polls.
/// @throws ProtocolError, std::system_error, and what the card throws.
void serve(HostLink& host, sim::Card& card, Stats& stats);

}  // namespace xesp::hwemu
#endif
