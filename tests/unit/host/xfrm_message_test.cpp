// SPDX-License-Identifier: Apache-2.0
// What the kernel's messages about SAs and policies are read as, and which of them are refused.
#include "mirror/xfrm_message.h"

#include <gtest/gtest.h>
#include <linux/udp.h>
#include <netinet/in.h>

#include <random>

#include "mirror/xfrm_request.h"
#include "support/refusal.h"
#include "support/xfrm_bytes.h"
#include "xesp_abi.h"

namespace xesp::test {
namespace {

using namespace xesp::mirror;

constexpr uint64_t kNow = 1000;

template <typename T>
T only(XfrmBytes& message) {
  std::vector<Message> found = read_messages(message.bytes(), kNow);
  EXPECT_EQ(found.size(), 1u);
  return std::get<T>(std::move(found.at(0).what));
}

xfrm_usersa_info sa_info() {
  return xfrm_sa("192.0.2.1", "198.51.100.1", 0x1001, 7);
}

KernelSa gcm_sa(const xfrm_usersa_info& info, const std::function<void(XfrmBytes&)>& more = {}) {
  XfrmBytes message(XFRM_MSG_NEWSA, info);
  with_gcm(message, 0x5a);
  if (more) more(message);
  return only<KernelSa>(message);
}

TEST(XfrmMessage, AnSaIsUsedByItsPacketsOrItsNumbersButNotAtTheirEnd) {
  const auto with_numbers = [](uint32_t low, uint32_t high) {
    xfrm_usersa_info info = sa_info();
    info.flags = XFRM_STATE_ESN;
    return gcm_sa(info, [&](XfrmBytes& message) {
      xfrm_replay_state_esn replay{};
      replay.bmp_len = 1;
      replay.replay_window = 32;
      replay.oseq = low;
      replay.oseq_hi = high;
      message.attribute_with(XFRMA_REPLAY_ESN_VAL, replay, std::vector<uint8_t>(4));
    });
  };
  EXPECT_FALSE(gcm_sa(sa_info()).used);
  EXPECT_FALSE(with_numbers(0, 0).used);
  EXPECT_TRUE(with_numbers(1, 0).used);
  EXPECT_TRUE(with_numbers(0, 1).used);
  EXPECT_TRUE(with_numbers(~0u, 0).used);
  EXPECT_FALSE(with_numbers(~0u, ~0u).used);
  xfrm_usersa_info counted = sa_info();
  counted.curlft.packets = 1;
  EXPECT_TRUE(gcm_sa(counted).used);
  const auto narrow = [](uint32_t sent) {
    return gcm_sa(sa_info(), [&](XfrmBytes& message) {
      message.attribute(XFRMA_REPLAY_VAL, xfrm_replay_state{sent, 0, 0});
    });
  };
  EXPECT_TRUE(narrow(1).used);
  EXPECT_FALSE(narrow(~0u).used);
}

TEST(XfrmMessage, AnSaIsReadWhole) {
  xfrm_usersa_info info = sa_info();
  info.flags = XFRM_STATE_ESN | XFRM_STATE_DECAP_DSCP | XFRM_STATE_NOECN | XFRM_STATE_AF_UNSPEC;
  info.lft.soft_byte_limit = 5000;
  info.lft.hard_packet_limit = 100;
  info.lft.hard_add_expires_seconds = 3600;
  info.curlft.bytes = 1000;
  info.curlft.packets = 40;
  info.curlft.add_time = kNow - 600;
  const KernelSa sa = gcm_sa(info, [](XfrmBytes& message) {
    xfrm_replay_state_esn replay{};
    replay.bmp_len = 4;
    replay.replay_window = 128;
    message.attribute_with(XFRMA_REPLAY_ESN_VAL, replay, std::vector<uint8_t>(16));
    xfrm_encap_tmpl encap{};
    encap.encap_type = UDP_ENCAP_ESPINUDP;
    encap.encap_sport = htons(4500);
    encap.encap_dport = htons(20001);
    message.attribute(XFRMA_ENCAP, encap);
    message.attribute(XFRMA_TFCPAD, uint32_t{512});
    message.attribute(XFRMA_SA_EXTRA_FLAGS, uint32_t{XFRM_SA_XFLAG_DONT_ENCAP_DSCP});
    message.attribute(XFRMA_LASTUSED, uint64_t{900});
    message.attribute(33, uint8_t{2});  // XFRMA_SA_DIR
  });
  EXPECT_EQ(sa.refused, "");
  EXPECT_EQ(sa.id.str(), "dst 198.51.100.1 proto esp spi 0x00001001");
  EXPECT_EQ(sa.told, Direction::kOut);
  const SaConfig& c = sa.config;
  EXPECT_EQ(c.src.str(), "192.0.2.1");
  EXPECT_EQ(c.mode, Mode::kTunnel);
  EXPECT_EQ(c.reqid, 7u);
  EXPECT_EQ(c.key.size(), 32u);
  EXPECT_EQ(c.salt.size(), 4u);
  EXPECT_EQ(c.key.bytes()[31], 0x5a);
  EXPECT_EQ(c.icv_bits, 128u);
  EXPECT_TRUE(c.esn);
  EXPECT_EQ(c.replay_window, 128u);
  EXPECT_FALSE(c.ecn);
  EXPECT_TRUE(c.decap_dscp);
  EXPECT_EQ(c.df, OuterDf::kCopy) << "what Linux does, if not told otherwise";
  EXPECT_EQ(c.tos, 0);
  EXPECT_EQ(c.tfc_pad, 512);
  EXPECT_EQ(c.encap, (UdpEncap{4500, 20001}));
  EXPECT_EQ(c.lifetime, (Lifetime{.hard_packets = 60, .soft_bytes = 4000, .hard_seconds = 3000}));
  EXPECT_FALSE(c.selector);
}

TEST(XfrmMessage, OtherSuitesAreRead) {
  XfrmBytes message(XFRM_MSG_UPDSA, sa_info());
  xfrm_algo_auth auth{};
  std::strcpy(auth.alg_name, "hmac(sha256)");
  auth.alg_key_len = 256;
  auth.alg_trunc_len = 128;
  message.attribute_with(XFRMA_ALG_AUTH_TRUNC, auth, std::vector<uint8_t>(32, 1));
  xfrm_algo plain{};
  std::strcpy(plain.alg_name, "hmac(sha256)");
  plain.alg_key_len = 256;
  message.attribute_with(XFRMA_ALG_AUTH, plain, std::vector<uint8_t>(32, 1));
  std::strcpy(plain.alg_name, "cbc(aes)");
  plain.alg_key_len = 128;
  message.attribute_with(XFRMA_ALG_CRYPT, plain, std::vector<uint8_t>(16, 2));
  const KernelSa sa = only<KernelSa>(message);
  EXPECT_EQ(sa.refused, "");
  EXPECT_EQ(sa.config.cipher, Cipher::kAesCbc);
  EXPECT_EQ(sa.config.integrity, Integrity::kHmacSha256);
  EXPECT_EQ(sa.config.auth_key.size(), 32u);
  EXPECT_NO_THROW(sa.config.check());
}

TEST(XfrmMessage, AhOfWhole4BytesIsReadAndThatOfWhole8IsNot) {
  const auto read = [](uint8_t flags, uint8_t family) {
    xfrm_usersa_info info = sa_info();
    info.id.proto = IPPROTO_AH;
    info.flags = flags;
    if (family == AF_INET6) {
      info.family = info.sel.family = family;
      info.saddr.a6[0] = info.id.daddr.a6[0] = 1;
    }
    XfrmBytes message(XFRM_MSG_UPDSA, info);
    xfrm_algo_auth auth{};
    std::strcpy(auth.alg_name, "hmac(sha512)");
    auth.alg_key_len = 512;
    auth.alg_trunc_len = 256;
    message.attribute_with(XFRMA_ALG_AUTH_TRUNC, auth, std::vector<uint8_t>(64, 1));
    return only<KernelSa>(message);
  };
  const KernelSa sa = read(XFRM_STATE_ALIGN4, AF_INET);
  EXPECT_EQ(sa.refused, "");
  EXPECT_EQ(sa.config.proto, kProtoAh);
  EXPECT_EQ(sa.config.cipher, Cipher::kNull);
  EXPECT_EQ(sa.config.icv_bits, 256u);
  EXPECT_NO_THROW(sa.config.check());
  EXPECT_EQ(read(0, AF_INET6).refused, "");
  EXPECT_NE(read(0, AF_INET).refused.find("align4"), std::string::npos);
}

TEST(XfrmMessage, WhatXespdHasNotIsRefusedByName) {
  const auto refused = [](const std::function<void(xfrm_usersa_info&)>& change,
                          const std::function<void(XfrmBytes&)>& more) {
    xfrm_usersa_info info = sa_info();
    if (change) change(info);
    return gcm_sa(info, more).refused;
  };
  const auto with = [&](uint16_t type, const auto& value) {
    return refused({}, [&](XfrmBytes& m) { m.attribute(type, value); });
  };
  EXPECT_NE(with(XFRMA_MARK, xfrm_mark{1, 1}).find("mark"), std::string::npos);
  EXPECT_EQ(with(XFRMA_MARK, xfrm_mark{0, 0}), "");
  EXPECT_NE(with(XFRMA_IF_ID, uint32_t{3}).find("if_id"), std::string::npos);
  EXPECT_NE(with(XFRMA_SET_MARK, uint32_t{3}).find("output-mark"), std::string::npos);
  EXPECT_NE(with(XFRMA_OFFLOAD_DEV, xfrm_user_offload{1, 0}).find("offload"), std::string::npos);
  EXPECT_NE(with(XFRMA_SEC_CTX, uint32_t{1}).find("security label"), std::string::npos);
  EXPECT_NE(with(35, uint32_t{1}).find("attribute 35"), std::string::npos) << "one that is newer than this program";
  EXPECT_NE(with(XFRMA_SA_EXTRA_FLAGS, uint32_t{XFRM_SA_XFLAG_OSEQ_MAY_WRAP}).find("wrap"), std::string::npos);
  EXPECT_NE(refused([](auto& i) { i.flags = XFRM_STATE_ICMP; }, {}).find("icmp"), std::string::npos);
  EXPECT_NE(refused([](auto& i) { i.mode = XFRM_MODE_BEET; }, {}).find("mode"), std::string::npos);
  EXPECT_NE(refused([](auto& i) { i.id.proto = IPPROTO_COMP; }, {}).find("ESP and AH"), std::string::npos);
  EXPECT_NE(refused([](auto& i) { i.lft.hard_use_expires_seconds = 9; }, {}).find("first use"), std::string::npos);
  EXPECT_NE(refused([](auto& i) { i.mode = XFRM_MODE_TRANSPORT; },
                    [](XfrmBytes& m) {
                      m.attribute(XFRMA_ENCAP, xfrm_encap_tmpl{UDP_ENCAP_ESPINUDP, 1, 1, {}});
                    })
                .find("through a NAT"),
            std::string::npos);
  EXPECT_NE(refused(
                [](auto& i) {
                  i.sel.proto = IPPROTO_TCP;
                  i.sel.dport = htons(0x400);
                  i.sel.dport_mask = htons(0xfc00);
                },
                {})
                .find("range of ports"),
            std::string::npos);
  EXPECT_NE(refused([](auto& i) { i.sel.ifindex = 2; }, {}).find("interface"), std::string::npos);
}

TEST(XfrmMessage, KeysThatTheKernelHidesAreNoKeys) {
  XfrmBytes message(XFRM_MSG_NEWSA, sa_info());
  with_gcm(message, 0);
  EXPECT_NE(only<KernelSa>(message).refused.find("lockdown"), std::string::npos);
}

TEST(XfrmMessage, AReservedSpiIsLarval) {
  XfrmBytes message(XFRM_MSG_NEWSA, sa_info());
  EXPECT_TRUE(only<KernelSa>(message).larval);
}

TEST(XfrmMessage, APolicyIsReadWhole) {
  xfrm_userpolicy_info info = xfrm_policy("10.1.0.0/24", "10.2.0.0/24", XFRM_POLICY_OUT, 4);
  info.priority = 77;
  info.sel.proto = IPPROTO_TCP;
  info.sel.dport = htons(443);
  info.sel.dport_mask = 0xffff;
  XfrmBytes message(XFRM_MSG_NEWPOLICY, info);
  message.attribute(XFRMA_TMPL, xfrm_template("192.0.2.1", "198.51.100.1", 7));
  message.attribute(XFRMA_POLICY_TYPE, xfrm_userpolicy_type{});
  const KernelPolicy p = only<KernelPolicy>(message);
  EXPECT_EQ(p.refused, "");
  EXPECT_EQ(p.index, 4u << 3 | XFRM_POLICY_OUT);
  EXPECT_EQ(p.priority, 77u);
  EXPECT_EQ(p.policy.action, PolicyAction::kProtect);
  EXPECT_EQ(p.policy.selector.dst.str(), "10.2.0.0/24");
  EXPECT_EQ(p.policy.selector.dst_port, 443);
  EXPECT_EQ(p.policy.reqid, 7u);
  EXPECT_EQ(p.policy.tmpl_dst.str(), "198.51.100.1");
}

TEST(XfrmMessage, PoliciesOfSocketsAndOfForwardingAreElsewhere) {
  for (const uint8_t dir : {uint8_t{XFRM_POLICY_FWD}, uint8_t{3}, uint8_t{4}}) {
    XfrmBytes message(XFRM_MSG_NEWPOLICY, xfrm_policy("0.0.0.0/0", "0.0.0.0/0", dir, 1));
    EXPECT_TRUE(only<KernelPolicy>(message).elsewhere) << int(dir);
  }
}

TEST(XfrmMessage, APolicyThatMayGoInClearIsRefused) {
  xfrm_user_tmpl optional = xfrm_template("192.0.2.1", "198.51.100.1", 7);
  optional.optional = 1;
  XfrmBytes message(XFRM_MSG_NEWPOLICY, xfrm_policy("10.1.0.0/24", "10.2.0.0/24", XFRM_POLICY_OUT, 1));
  message.attribute(XFRMA_TMPL, optional);
  EXPECT_NE(only<KernelPolicy>(message).refused.find("optional"), std::string::npos);
  XfrmBytes two(XFRM_MSG_NEWPOLICY, xfrm_policy("10.1.0.0/24", "10.2.0.0/24", XFRM_POLICY_OUT, 1));
  const xfrm_user_tmpl both[] = {xfrm_template("192.0.2.1", "198.51.100.1", 7),
                                 xfrm_template("192.0.2.1", "198.51.100.1", 7)};
  two.attribute(XFRMA_TMPL, both);
  EXPECT_NE(only<KernelPolicy>(two).refused.find("several SAs"), std::string::npos);
}

TEST(XfrmMessage, WhatHasGoneIsNamed) {
  xfrm_usersa_id id{};
  id.daddr = xfrm_address("2001:db8::1");
  id.family = AF_INET6;
  id.proto = 50;
  id.spi = htonl(9);
  XfrmBytes gone(XFRM_MSG_DELSA, id);
  gone.attribute(XFRMA_SA, sa_info());
  EXPECT_EQ(only<SaGone>(gone).id.str(), "dst 2001:db8::1 proto esp spi 0x00000009");

  XfrmBytes policy(XFRM_MSG_DELPOLICY, xfrm_userpolicy_id{});
  policy.attribute(XFRMA_POLICY, xfrm_policy("10.1.0.0/24", "10.2.0.0/24", XFRM_POLICY_OUT, 4));
  EXPECT_EQ(only<PolicyGone>(policy).index, 4u << 3 | XFRM_POLICY_OUT);

  XfrmBytes hard(XFRM_MSG_EXPIRE, xfrm_user_expire{sa_info(), 1});
  EXPECT_EQ(only<SaGone>(hard).id.spi, 0x1001u);
  XfrmBytes soft(XFRM_MSG_EXPIRE, xfrm_user_expire{sa_info(), 0});
  only<std::monostate>(soft);
  XfrmBytes flush(XFRM_MSG_FLUSHSA, xfrm_usersa_flush{50});
  only<Unknown>(flush);
}

TEST(XfrmMessage, OfWhatIsCutShortNothingIsBelieved) {
  XfrmBytes message(XFRM_MSG_NEWSA, sa_info());
  with_gcm(message, 0x5a);
  message.attribute(XFRMA_MARK, xfrm_mark{0, 0});
  const std::vector<uint8_t> whole = message.bytes();
  for (size_t length = 1; length < whole.size(); ++length)
    EXPECT_THROW(read_messages(Bytes(whole).first(length), kNow), Error) << length;
  // Cut, with the header saying so: the key is shorter than it says, or a mark is.
  for (uint32_t length = sizeof(nlmsghdr); length < whole.size(); ++length) {
    std::vector<uint8_t> cut(whole.begin(), whole.begin() + length);
    std::memcpy(cut.data(), &length, sizeof length);
    const size_t before_mark = whole.size() - sizeof(nlattr) - sizeof(xfrm_mark);
    const size_t before_gcm = sizeof(nlmsghdr) + sizeof(xfrm_usersa_info);
    if (length == before_mark || length == before_gcm) continue;  // these end behind an attribute
    EXPECT_THROW(read_messages(cut, kNow), Error) << length;
  }
}

TEST(XfrmMessage, LengthsThatLieAreRefused) {
  const auto refused = [](XfrmBytes& message) { return refusal([&] { read_messages(message.bytes(), kNow); }); };
  xfrm_algo_aead aead{};
  std::strcpy(aead.alg_name, "rfc4106(gcm(aes))");
  aead.alg_key_len = 0xfffffff8;
  XfrmBytes long_key(XFRM_MSG_NEWSA, sa_info());
  long_key.attribute_with(XFRMA_ALG_AEAD, aead, std::vector<uint8_t>(36, 1));
  EXPECT_NE(refused(long_key).find("key"), std::string::npos);
  std::memset(aead.alg_name, 'a', sizeof aead.alg_name);
  aead.alg_key_len = 36 * 8;
  XfrmBytes endless(XFRM_MSG_NEWSA, sa_info());
  endless.attribute_with(XFRMA_ALG_AEAD, aead, std::vector<uint8_t>(36, 1));
  EXPECT_NE(refused(endless).find("no end"), std::string::npos);
  XfrmBytes twice(XFRM_MSG_NEWSA, sa_info());
  with_gcm(with_gcm(twice, 1), 2);
  EXPECT_NE(refused(twice).find("twice"), std::string::npos);
  xfrm_usersa_info family = sa_info();
  family.family = AF_UNIX;
  XfrmBytes other(XFRM_MSG_NEWSA, family);
  EXPECT_NE(refused(other).find("family"), std::string::npos);
  xfrm_usersa_info prefix = sa_info();
  prefix.sel.prefixlen_d = 33;
  XfrmBytes longer(XFRM_MSG_NEWSA, prefix);
  EXPECT_NE(refused(longer).find("prefix"), std::string::npos);
  xfrm_replay_state_esn replay{};
  replay.bmp_len = 0x40000001;
  XfrmBytes bitmap(XFRM_MSG_NEWAE, xfrm_aevent_id{{xfrm_address("192.0.2.1"), 1, AF_INET, 50}, {}, 0, 0});
  bitmap.attribute_with(XFRMA_REPLAY_ESN_VAL, replay, std::vector<uint8_t>(4));
  EXPECT_NE(refused(bitmap).find("as long as it says"), std::string::npos);
}

// What is asked of the kernel is read back by the same reader, as the kernel would send it.
TEST(XfrmMessage, APlaceInTheSequenceGoesBothWays) {
  KernelReplay replay;
  replay.id = {IpAddress::parse("2001:db8::1"), 50, 0x1001};
  replay.wide = true;
  replay.bitmap_words = 4;
  replay.window = 128;
  replay.sent = (uint64_t{5} << 32) + 6;
  replay.received = ~uint64_t{0} - 9;
  Request request = set_replay_request(replay, Direction::kIn, 3);
  const xfrm_lifetime_cur counted{1, 77, 0, 0};
  std::vector<uint8_t> attribute(sizeof(nlattr) + sizeof counted);
  const nlattr head{static_cast<uint16_t>(attribute.size()), XFRMA_LTIME_VAL};
  std::memcpy(attribute.data(), &head, sizeof head);
  std::memcpy(attribute.data() + sizeof head, &counted, sizeof counted);
  request.insert(request.end(), attribute.begin(), attribute.end());
  const auto length = static_cast<uint32_t>(request.size());
  std::memcpy(request.data(), &length, sizeof length);
  const std::vector<Message> found = read_messages(request, kNow);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].sequence, 3u);
  const auto& back = std::get<KernelReplay>(found[0].what);
  EXPECT_EQ(back.id, replay.id);
  EXPECT_EQ(back.sent, replay.sent);
  EXPECT_EQ(back.received, replay.received);
  EXPECT_EQ(back.window, 128u);
  EXPECT_EQ(back.packets, 77u);
}

}  // namespace
}  // namespace xesp::test
