// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_MIRROR_XFRM_MESSAGE_H
#define XESP_CLI_MIRROR_XFRM_MESSAGE_H

#include <variant>
#include <vector>

#include "mirror/attributes.h"
#include "mirror/kernel_entries.h"

namespace xesp::mirror {

// What a message of NETLINK_XFRM tells.
struct SaGone {
  SaId id;
};
struct PolicyGone {
  uint32_t index;
};
/// Many have gone, or moved: only a new dump tells which.
struct Unknown {};
struct Done {
  bool torn = false;  ///< the dump went on while the kernel's tables changed: not to be relied on
};
/// The answer to a request; 0: done.
struct Answer {
  int error;  ///< of errno
};

struct Message {
  uint32_t sequence = 0;  ///< of the request that it answers; 0: an event
  bool torn = false;      ///< NLM_F_DUMP_INTR
  std::variant<std::monostate, KernelSa, SaGone, KernelPolicy, PolicyGone, KernelReplay, Unknown, Done, Answer> what;
};

/// The messages of one datagram, in order; those that tell nothing to a mirror have an empty `what`. No input or output
/// here: the bytes may come from anywhere. `now` is the time of day in seconds.
/// @throws Error(kData) if it is malformed; the text holds nothing of the message but numbers
std::vector<Message> read_messages(Bytes datagram, uint64_t now);

}  // namespace xesp::mirror
#endif
