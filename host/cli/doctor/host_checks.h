// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_HOST_CHECKS_H
#define XESP_CLI_HOST_CHECKS_H

#include "doctor/finding.h"

namespace xesp::cli::doctor {

// What the host around xespd tells. Pure: the output of a tool in, findings out.

/// Of `nft -j list ruleset`: rules that drop IKE (UDP 500, 4500) or ESP and AH.
Findings check_nft(const nlohmann::json& ruleset);
/// Of `iptables-save`.
Findings check_iptables(const std::string& text);
/// Of `ip -j route get PEER` and `ip -j neigh`. `outside` may be empty: not known.
Findings check_route(const std::string& peer, const nlohmann::json& route, const nlohmann::json& neighbours,
                     const std::string& outside);
/// Of the MTUs and `state.list` (`largest` of each outbound SA): what fits through the tunnels.
Findings check_mtu(unsigned inside, unsigned outside, const nlohmann::json& sas);
/// Of `ip xfrm state` and `state.list`: SAs of the kernel between the same hosts.
Findings check_kernel_states(const std::string& text, const nlohmann::json& sas);
/// Of /proc/PID/limits.
Findings check_memlock(const std::string& limits);
/// Of the time (seconds since 1970) and whether the kernel says that it is kept in step.
Findings check_clock(long long now, bool in_step);

}  // namespace xesp::cli::doctor
#endif
