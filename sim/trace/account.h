// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SIM_ACCOUNT_H
#define XESP_SIM_ACCOUNT_H

#include <cstdint>
#include <ostream>

#include "wave_file.h"

namespace xesp::sim {

/// Tells the way of what passed through the card's kernels from clock `first` to `last`: word by word, then kernel by
/// kernel. Clocks are told from the first word on.
void print_account(std::ostream& out, WaveFile& wave, uint64_t first, uint64_t last);

}  // namespace xesp::sim
#endif
