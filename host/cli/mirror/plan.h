// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_PLAN_H
#define XESP_CLI_MIRROR_PLAN_H

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mirror/kernel_entries.h"

namespace xesp::mirror {

/// What the kernel has, as its messages told.
struct KernelTables {
  std::map<SaId, KernelSa> sas;
  std::map<uint32_t, KernelPolicy> policies;  ///< by index
};

/// What of it xespd should have.
struct Plan {
  std::map<SaId, Direction> sas;
  std::vector<Policy> policies;
  /// What stays the kernel's, and why; what is not xespd's business (larval SAs, sockets) is not among them.
  std::map<std::string, std::string> left;
};

/// The rules: an SA is for xespd if xespd has all of what it asks for and a policy for xespd has use of it; not one
/// with which the kernel has sent (SentBefore). A policy that protects is, while it has an SA there and none of its SAs
/// is left to the kernel for what it asks for. One that asks for an SPI is served by that
/// SA alone; once it is, xespd uses its newest SA, as it does with all. So the traffic of a policy is done by one of
/// the two, and a policy without an SA stays where its packets make a key exchange begin. `kept` are SAs that xespd has
/// by now: they stay as long as the kernel has them, for only xespd may send with them.
Plan plan(const KernelTables& kernel, const std::map<SaId, Direction>& kept);

/// How a policy is called in texts.
std::string name_of(const Policy& policy);

}  // namespace xesp::mirror
#endif
