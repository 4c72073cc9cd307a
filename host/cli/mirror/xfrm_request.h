// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_XFRM_REQUEST_H
#define XESP_CLI_MIRROR_XFRM_REQUEST_H

#include <cstdint>
#include <vector>

#include "mirror/kernel_entries.h"

namespace xesp::mirror {

// Requests to NETLINK_XFRM, as bytes. `sequence` comes back in their answers.
using Request = std::vector<uint8_t>;

Request dump_sas_request(uint32_t sequence);
Request dump_policies_request(uint32_t sequence);
Request replay_request(const SaId& id, uint32_t sequence);
/// As Kernel::set_replay().
Request set_replay_request(const KernelReplay& replay, Direction direction, uint32_t sequence);
Request expire_request(const SaId& id, bool hard, uint32_t sequence);

}  // namespace xesp::mirror
#endif
