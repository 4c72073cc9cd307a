// SPDX-License-Identifier: Apache-2.0
#include "mirror/xfrm_request.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/xfrm.h>

#include <cstring>

namespace xesp::mirror {

namespace {

constexpr size_t kRoom = 2048;  // of the longest: a replay state with a window of 4096 packets

struct Builder {
  Builder(uint16_t type, uint16_t flags, uint32_t sequence) : bytes(kRoom), head(mnl_nlmsg_put_header(bytes.data())) {
    head->nlmsg_type = type;
    head->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
    head->nlmsg_seq = sequence;
  }
  template <typename T>
  void put(const T& fixed) {
    std::memcpy(mnl_nlmsg_put_extra_header(head, sizeof fixed), &fixed, sizeof fixed);
  }
  Request done() {
    bytes.resize(head->nlmsg_len);
    return std::move(bytes);
  }
  Request bytes;
  nlmsghdr* head;
};

uint16_t family_of(const IpAddress& address) {
  return address.v6 ? AF_INET6 : AF_INET;
}

xfrm_usersa_id name_of(const SaId& id) {
  xfrm_usersa_id name{};
  std::memcpy(&name.daddr, id.dst.bytes.data(), sizeof name.daddr);
  name.spi = htonl(id.spi);
  name.family = family_of(id.dst);
  name.proto = id.proto;
  return name;
}

void put_wide(Builder& request, const KernelReplay& replay, Direction direction) {
  xfrm_replay_state_esn state{};
  state.bmp_len = replay.bitmap_words;
  state.oseq = static_cast<uint32_t>(replay.sent);
  state.oseq_hi = static_cast<uint32_t>(replay.sent >> 32);
  state.seq = static_cast<uint32_t>(replay.received);
  state.seq_hi = static_cast<uint32_t>(replay.received >> 32);
  state.replay_window = replay.window;
  std::vector<uint8_t> whole(sizeof state + replay.bitmap_words * sizeof(uint32_t),
                             direction == Direction::kIn ? 0xff : 0);
  std::memcpy(whole.data(), &state, sizeof state);
  mnl_attr_put(request.head, XFRMA_REPLAY_ESN_VAL, whole.size(), whole.data());
}

}  // namespace

Request dump_sas_request(uint32_t sequence) {
  Builder request(XFRM_MSG_GETSA, NLM_F_DUMP, sequence);
  request.put(xfrm_usersa_id{});
  return request.done();
}

Request dump_policies_request(uint32_t sequence) {
  Builder request(XFRM_MSG_GETPOLICY, NLM_F_DUMP, sequence);
  request.put(xfrm_userpolicy_id{});
  return request.done();
}

Request replay_request(const SaId& id, uint32_t sequence) {
  Builder request(XFRM_MSG_GETAE, 0, sequence);
  xfrm_aevent_id head{};
  head.sa_id = name_of(id);
  request.put(head);
  return request.done();
}

Request set_replay_request(const KernelReplay& replay, Direction direction, uint32_t sequence) {
  Builder request(XFRM_MSG_NEWAE, NLM_F_ACK | NLM_F_REPLACE, sequence);
  xfrm_aevent_id head{};
  head.sa_id = name_of(replay.id);
  request.put(head);
  if (replay.wide) {
    put_wide(request, replay, direction);
  } else {
    const xfrm_replay_state state{static_cast<uint32_t>(replay.sent), static_cast<uint32_t>(replay.received),
                                  direction == Direction::kIn ? 0xffffffffu : 0};
    mnl_attr_put(request.head, XFRMA_REPLAY_VAL, sizeof state, &state);
  }
  return request.done();
}

Request expire_request(const SaId& id, bool hard, uint32_t sequence) {
  Builder request(XFRM_MSG_EXPIRE, NLM_F_ACK, sequence);
  xfrm_user_expire expire{};
  std::memcpy(&expire.state.id.daddr, id.dst.bytes.data(), sizeof expire.state.id.daddr);
  expire.state.id.spi = htonl(id.spi);
  expire.state.id.proto = id.proto;
  expire.state.family = family_of(id.dst);
  expire.hard = hard;
  request.put(expire);
  return request.done();
}

}  // namespace xesp::mirror
