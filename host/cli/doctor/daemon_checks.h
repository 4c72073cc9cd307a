// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_DAEMON_CHECKS_H
#define XESP_CLI_DAEMON_CHECKS_H

#include "doctor/finding.h"

namespace xesp::cli::doctor {

// What xespd's own answers tell. Pure: JSON in, findings out.

/// Of `caps`: is a card there, and was it lost?
Findings check_card(const nlohmann::json& caps);
/// Of `policy.list` and `state.list`: does each protect policy have an SA?
Findings check_policies(const nlohmann::json& policies, const nlohmann::json& sas);
/// Of `notice.list`: what a key exchange could not do.
Findings check_notices(const nlohmann::json& notices);
/// Of two readings of `state.list`: what moves, what is in software and why, limits, answers that do not come.
Findings check_sas(const nlohmann::json& before, const nlohmann::json& after, bool card_expected);
/// Of two readings of `stats`: each drop counter that is not zero, its cause, and whether it rises.
Findings check_drops(const nlohmann::json& before, const nlohmann::json& after);
/// Of `stats`: how the steering is attached.
Findings check_xdp(const nlohmann::json& stats);
/// Whether the TUN device is still there.
Findings check_tun(const nlohmann::json& stats);

}  // namespace xesp::cli::doctor
#endif
