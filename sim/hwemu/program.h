// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_PROGRAM_H
#define XESP_HWEMU_PROGRAM_H

#include <functional>
#include <memory>

#include "card.h"

namespace xesp::hwemu {

/// The whole of a simulator's main(): connects to the host, serves it with the card that `make` gives, writes the
/// statistics. Returns the exit code: 0 after Close or when the host has gone, 1 with a message on stderr otherwise
/// (simulate.sh then ends the host, which would wait for a reply for ever).
int run_program(const std::function<std::unique_ptr<sim::Card>()>& make);

}  // namespace xesp::hwemu
#endif
