// SPDX-License-Identifier: Apache-2.0
#include "mirror/xfrm_message.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>

#include <cerrno>

#include "mirror/xfrm_policy.h"
#include "mirror/xfrm_sa.h"

namespace xesp::mirror {

namespace {

template <typename T>
Attributes attributes_behind(Bytes payload) {
  return Attributes(behind(payload, sizeof(T)));
}

KernelSa sa_of(Bytes payload, uint64_t now) {
  return read_sa(front_of<xfrm_usersa_info>(payload, "an SA"), attributes_behind<xfrm_usersa_info>(payload), now);
}

KernelPolicy policy_of(Bytes payload) {
  return read_policy(front_of<xfrm_userpolicy_info>(payload, "a policy"),
                     attributes_behind<xfrm_userpolicy_info>(payload));
}

SaGone gone_sa_of(Bytes payload) {
  return {read_sa_id(front_of<xfrm_usersa_id>(payload, "the name of an SA"))};
}

// The name in front may be a selector or an index; the policy itself is in an attribute.
PolicyGone gone_policy_of(Bytes payload) {
  front_of<xfrm_userpolicy_id>(payload, "the name of a policy");
  const auto attributes = attributes_behind<xfrm_userpolicy_id>(payload);
  const auto bytes = attributes.find(XFRMA_POLICY);
  if (!bytes) throw Error(ErrorCode::kData, "XFRM message: a policy has gone, and which one is not told");
  return {front_of<xfrm_userpolicy_info>(*bytes, "a policy").index};
}

KernelReplay replay_of(Bytes payload) {
  return read_replay(front_of<xfrm_aevent_id>(payload, "the name of an SA"),
                     attributes_behind<xfrm_aevent_id>(payload));
}

// At a hard limit the kernel ends an SA or policy with this message alone. A soft one is the key exchange's business.
Message expired_sa(Bytes payload, Message message) {
  const auto expire = front_of<xfrm_user_expire>(payload, "an expired SA");
  if (expire.hard != 0)
    message.what = SaGone{
        {read_address(expire.state.id.daddr, expire.state.family), expire.state.id.proto, ntohl(expire.state.id.spi)}};
  return message;
}

Message expired_policy(Bytes payload, Message message) {
  const auto expire = front_of<xfrm_user_polexpire>(payload, "an expired policy");
  if (expire.hard != 0) message.what = PolicyGone{expire.pol.index};
  return message;
}

// The kernel's are negative.
int errno_of(int error) {
  return error > -4096 && error <= 0 ? -error : EPROTO;
}

// A dump that failed ends with the error's number.
Message end_of_dump(Bytes payload, Message message) {
  const int error = payload.size() < sizeof(int) ? 0 : errno_of(front_of<int>(payload, "the end of a dump"));
  if (error > 0)
    message.what = Answer{error};
  else
    message.what = Done{message.torn};
  return message;
}

Message read_one(const nlmsghdr& head, Bytes payload, uint64_t now) {
  Message message;
  message.sequence = head.nlmsg_seq;
  message.torn = (head.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
  switch (head.nlmsg_type) {
    case NLMSG_DONE:
      return end_of_dump(payload, std::move(message));
    case NLMSG_ERROR:
      message.what = Answer{errno_of(front_of<nlmsgerr>(payload, "an answer").error)};
      break;
    case NLMSG_OVERRUN:
    case XFRM_MSG_FLUSHSA:
    case XFRM_MSG_FLUSHPOLICY:
    case XFRM_MSG_MIGRATE:
      message.what = Unknown{};
      break;
    case XFRM_MSG_NEWSA:
    case XFRM_MSG_UPDSA:
      message.what = sa_of(payload, now);
      break;
    case XFRM_MSG_DELSA:
      message.what = gone_sa_of(payload);
      break;
    case XFRM_MSG_NEWPOLICY:
    case XFRM_MSG_UPDPOLICY:
      message.what = policy_of(payload);
      break;
    case XFRM_MSG_DELPOLICY:
      message.what = gone_policy_of(payload);
      break;
    case XFRM_MSG_NEWAE:
      message.what = replay_of(payload);
      break;
    case XFRM_MSG_EXPIRE:
      return expired_sa(payload, std::move(message));
    case XFRM_MSG_POLEXPIRE:
      return expired_policy(payload, std::move(message));
    default:
      break;
  }
  return message;
}

}  // namespace

std::vector<Message> read_messages(Bytes datagram, uint64_t now) {
  std::vector<Message> messages;
  while (!datagram.empty()) {
    const auto head = front_of<nlmsghdr>(datagram, "a header");
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > datagram.size())
      throw Error(ErrorCode::kData, "XFRM message: its length does not fit");
    messages.push_back(read_one(head, datagram.subspan(sizeof head, head.nlmsg_len - sizeof head), now));
    const size_t whole = NLMSG_ALIGN(head.nlmsg_len);
    datagram = datagram.subspan(whole < datagram.size() ? whole : datagram.size());
  }
  return messages;
}

}  // namespace xesp::mirror
