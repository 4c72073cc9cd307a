// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CONTROL_CAPS_H
#define XESP_CONTROL_CAPS_H

#include <nlohmann/json.hpp>

namespace xesp::control {

/// What this build can do, without asking a card: version, ABI, algorithms, key and ICV sizes, windows, room for SAs.
nlohmann::json build_caps();

}  // namespace xesp::control
#endif
