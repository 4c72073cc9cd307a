// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_XFRM_BYTES_H
#define XESP_TESTS_SUPPORT_XFRM_BYTES_H

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "xesp/address.h"

namespace xesp::test {

// Messages of NETLINK_XFRM as a kernel writes them. For tests of who reads them.

class XfrmBytes {
 public:
  template <typename T>
  XfrmBytes(uint16_t type, const T& fixed, uint32_t sequence = 0, uint16_t flags = 0) {
    nlmsghdr head{};
    head.nlmsg_type = type;
    head.nlmsg_seq = sequence;
    head.nlmsg_flags = flags;
    append(&head, sizeof head);
    append(&fixed, sizeof fixed);
  }
  XfrmBytes& attribute(uint16_t type, const void* data, size_t size) {
    nlattr head{};
    head.nla_type = type;
    head.nla_len = static_cast<uint16_t>(sizeof head + size);
    append(&head, sizeof head);
    append(data, size);
    return *this;
  }
  template <typename T>
  XfrmBytes& attribute(uint16_t type, const T& value) {
    return attribute(type, &value, sizeof value);
  }
  /// `fixed` with bytes behind it, as algorithms and replay states are.
  template <typename T>
  XfrmBytes& attribute_with(uint16_t type, const T& fixed, const std::vector<uint8_t>& behind) {
    std::vector<uint8_t> whole(sizeof fixed);
    std::memcpy(whole.data(), &fixed, sizeof fixed);
    whole.insert(whole.end(), behind.begin(), behind.end());
    return attribute(type, whole.data(), whole.size());
  }
  const std::vector<uint8_t>& bytes() {
    nlmsghdr head;
    std::memcpy(&head, bytes_.data(), sizeof head);
    head.nlmsg_len = static_cast<uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &head, sizeof head);
    return bytes_;
  }

 private:
  void append(const void* data, size_t size) {
    const auto* from = static_cast<const uint8_t*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
    while (bytes_.size() % 4 != 0) bytes_.push_back(0);
  }
  std::vector<uint8_t> bytes_;
};

inline xfrm_address_t xfrm_address(const std::string& text) {
  xfrm_address_t out{};
  const IpAddress address = IpAddress::parse(text);
  std::memcpy(&out, address.bytes.data(), sizeof out);
  return out;
}

/// A tunnel's SA; the family is that of `dst`.
inline xfrm_usersa_info xfrm_sa(const std::string& src, const std::string& dst, uint32_t spi, uint32_t reqid) {
  xfrm_usersa_info info{};
  info.saddr = xfrm_address(src);
  info.id.daddr = xfrm_address(dst);
  info.id.spi = htonl(spi);
  info.id.proto = 50;
  info.family = IpAddress::parse(dst).v6 ? AF_INET6 : AF_INET;
  info.sel.family = info.family;
  info.reqid = reqid;
  info.mode = XFRM_MODE_TUNNEL;
  info.replay_window = 32;
  for (__u64* limit :
       {&info.lft.soft_byte_limit, &info.lft.hard_byte_limit, &info.lft.soft_packet_limit, &info.lft.hard_packet_limit})
    *limit = XFRM_INF;
  return info;
}

/// AES-256-GCM whose key has this byte throughout.
inline XfrmBytes& with_gcm(XfrmBytes& message, uint8_t byte, unsigned icv_bits = 128) {
  xfrm_algo_aead aead{};
  std::strcpy(aead.alg_name, "rfc4106(gcm(aes))");
  aead.alg_key_len = 36 * 8;
  aead.alg_icv_len = icv_bits;
  return message.attribute_with(XFRMA_ALG_AEAD, aead, std::vector<uint8_t>(36, byte));
}

/// AES-256-CBC with HMAC-SHA-256, keys of this byte.
inline XfrmBytes& with_cbc(XfrmBytes& message, uint8_t byte) {
  xfrm_algo enc{};
  std::strcpy(enc.alg_name, "cbc(aes)");
  enc.alg_key_len = 32 * 8;
  xfrm_algo_auth auth{};
  std::strcpy(auth.alg_name, "hmac(sha256)");
  auth.alg_key_len = 32 * 8;
  auth.alg_trunc_len = 128;
  return message.attribute_with(XFRMA_ALG_CRYPT, enc, std::vector<uint8_t>(32, byte))
      .attribute_with(XFRMA_ALG_AUTH_TRUNC, auth, std::vector<uint8_t>(32, byte));
}

inline xfrm_userpolicy_info xfrm_policy(const std::string& src, const std::string& dst, uint8_t dir, uint32_t index) {
  xfrm_userpolicy_info info{};
  const Prefix from = Prefix::parse(src), to = Prefix::parse(dst);
  info.sel.saddr = xfrm_address(from.address.str());
  info.sel.daddr = xfrm_address(to.address.str());
  info.sel.prefixlen_s = from.length;
  info.sel.prefixlen_d = to.length;
  info.sel.family = from.address.v6 ? AF_INET6 : AF_INET;
  info.dir = dir;
  info.index = index << 3 | dir;
  info.lft.soft_byte_limit = info.lft.hard_byte_limit = XFRM_INF;
  info.lft.soft_packet_limit = info.lft.hard_packet_limit = XFRM_INF;
  return info;
}

inline xfrm_user_tmpl xfrm_template(const std::string& src, const std::string& dst, uint32_t reqid) {
  xfrm_user_tmpl t{};
  t.saddr = xfrm_address(src);
  t.id.daddr = xfrm_address(dst);
  t.id.proto = 50;
  t.family = IpAddress::parse(dst).v6 ? AF_INET6 : AF_INET;
  t.reqid = reqid;
  t.mode = XFRM_MODE_TUNNEL;
  t.aalgos = t.ealgos = t.calgos = ~0u;
  return t;
}

}  // namespace xesp::test
#endif
