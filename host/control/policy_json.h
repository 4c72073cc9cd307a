// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CONTROL_POLICY_JSON_H
#define XESP_CONTROL_POLICY_JSON_H

#include <nlohmann/json.hpp>

#include "xesp/policy.h"

namespace xesp::control {

nlohmann::json to_json(const Policy& policy);

/// @throws Error(kData) naming the field
Policy policy_from_json(const nlohmann::json& object);

/// Only what names a policy: direction and selector.
Policy policy_name_from_json(const nlohmann::json& object);

}  // namespace xesp::control
#endif
