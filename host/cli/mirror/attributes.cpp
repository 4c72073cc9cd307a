// SPDX-License-Identifier: Apache-2.0
#include "mirror/attributes.h"

#include <linux/netlink.h>

namespace xesp::mirror {

Bytes behind(Bytes payload, size_t fixed) {
  const size_t padded = NLMSG_ALIGN(fixed);
  return payload.size() > padded ? payload.subspan(padded) : Bytes{};
}

Attributes::Attributes(Bytes bytes) {
  while (!bytes.empty()) {
    const auto head = front_of<nlattr>(bytes, "an attribute");
    if (head.nla_len < sizeof head || head.nla_len > bytes.size())
      throw Error(ErrorCode::kData, "XFRM message: an attribute does not fit");
    const auto type = static_cast<uint16_t>(head.nla_type & NLA_TYPE_MASK);
    if (!all_.emplace(type, bytes.subspan(sizeof head, head.nla_len - sizeof head)).second)
      throw Error(ErrorCode::kData, "XFRM message: attribute " + std::to_string(type) + " comes twice");
    const size_t whole = NLA_ALIGN(head.nla_len);
    bytes = bytes.subspan(whole < bytes.size() ? whole : bytes.size());
  }
}

std::optional<Bytes> Attributes::find(uint16_t type) const {
  const auto found = all_.find(type);
  return found == all_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace xesp::mirror
