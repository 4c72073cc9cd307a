// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_XFRM_SA_H
#define XESP_CLI_MIRROR_XFRM_SA_H

#include <linux/xfrm.h>

#include "mirror/attributes.h"
#include "mirror/kernel_entries.h"

namespace xesp::mirror {

/// An SA from the fixed part and the attributes of a message. `now` is the time of day in seconds, for what is left of
/// its limits. What xespd has not makes it refused. @throws Error(kData) if the message is malformed
KernelSa read_sa(const xfrm_usersa_info& info, const Attributes& attributes, uint64_t now);

/// @throws Error(kData) as above
SaId read_sa_id(const xfrm_usersa_id& id);
IpAddress read_address(const xfrm_address_t& address, uint16_t family);
/// A selector; none if it takes all packets of any family. @throws Error(kData)
std::optional<Selector> read_selector(const xfrm_selector& selector, std::string& refused);
/// The SA's place in its sequence: `numbers` in 32 bits or wider ones.
KernelReplay read_replay(const xfrm_aevent_id& head, const Attributes& attributes);

}  // namespace xesp::mirror
#endif
