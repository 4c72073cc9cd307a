// SPDX-License-Identifier: Apache-2.0
// xesp mirror against an xespd in this process. The kernel's side is a table of ours, for the kernels that build this
// have no ESP; its SAs and policies come through the same messages. tests/system/kernel_mirror.sh has a real one.
#include "mirror/mirror.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mirror/takeover.h"
#include "support/daemon.h"
#include "support/temporary_folder.h"
#include "support/xfrm_bytes.h"

namespace xesp::test {
namespace {

using namespace xesp::mirror;

constexpr uint64_t kNow = 1000;
constexpr uint64_t kEnd32 = 0xffffffff;

/// Tables of messages, and each SA's place in its sequence.
class KernelOfMessages final : public Kernel {
 public:
  KernelTables dump() override {
    ++dumps;
    KernelTables tables;
    for (const auto& [id, bytes] : sas) {
      KernelSa sa = std::get<KernelSa>(std::move(read_messages(bytes, kNow).at(0).what));
      tables.sas.emplace(id, std::move(sa));
    }
    for (const auto& [index, bytes] : policies)
      tables.policies.emplace(index, std::get<KernelPolicy>(read_messages(bytes, kNow).at(0).what));
    return tables;
  }
  std::optional<KernelReplay> replay(const SaId& id) override {
    const auto found = places.find(id);
    return found == places.end() ? std::nullopt : std::optional(found->second);
  }
  bool set_replay(const KernelReplay& replay, Direction) override {
    const auto found = places.find(replay.id);
    if (found == places.end()) return false;
    if (!deaf) {
      found->second.sent = replay.sent;
      found->second.received = replay.received;
    }
    found->second.packets += meanwhile;
    return true;
  }
  bool expire(const SaId&, bool) override { return true; }

  std::map<SaId, std::vector<uint8_t>> sas;
  std::map<uint32_t, std::vector<uint8_t>> policies;
  std::map<SaId, KernelReplay> places;
  int dumps = 0;
  bool deaf = false;       ///< does not set what it is told
  uint64_t meanwhile = 0;  ///< packets that it does between a look and the stop
};

class MirrorOfKernel : public testing::Test {
 protected:
  static constexpr const char* kA = "192.0.2.1";
  static constexpr const char* kB = "198.51.100.1";
  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon = std::make_unique<Daemon>(folder);
  control::Client client{folder.file("s")};
  KernelOfMessages kernel;
  Xespd target{kernel, client, "auto"};
  std::vector<std::string> steps;
  std::unique_ptr<Mirror> mirror = make(false);

  std::unique_ptr<Mirror> make(bool adopt) {
    return std::make_unique<Mirror>(kernel, target, adopt, [this](const Step& step) {
      steps.push_back(std::string(step.what) + " " + step.name + (step.why.empty() ? "" : ": " + step.why));
    });
  }
  static SaId id(const char* dst, uint32_t spi) { return {IpAddress::parse(dst), 50, spi}; }

  /// Into the kernel's table; returns the event that tells of it.
  std::vector<Message> put_sa(const char* src, const char* dst, uint32_t spi, uint8_t key, uint64_t sent = 0,
                              uint32_t mark = 0, const std::function<void(xfrm_usersa_info&)>& change = {}) {
    xfrm_usersa_info info = xfrm_sa(src, dst, spi, 7);
    if (change) change(info);
    XfrmBytes message(XFRM_MSG_NEWSA, info);
    with_gcm(message, key);
    if (mark != 0) message.attribute(XFRMA_MARK, xfrm_mark{mark, ~0u});
    kernel.sas[id(dst, spi)] = message.bytes();
    KernelReplay place;
    place.id = id(dst, spi);
    place.window = 32;
    place.sent = place.received = place.packets = sent;
    kernel.places[place.id] = place;
    return read_messages(message.bytes(), kNow);
  }
  std::vector<Message> put_policy(uint8_t dir, uint32_t index, const char* src = "10.1.0.0/24",
                                  const char* dst = "10.2.0.0/24", uint32_t priority = 100, bool protect = true,
                                  uint32_t asks_for = 0) {
    xfrm_userpolicy_info info = xfrm_policy(src, dst, dir, index);
    info.priority = priority;
    XfrmBytes message(XFRM_MSG_NEWPOLICY, info);
    const bool out = dir == XFRM_POLICY_OUT;
    xfrm_user_tmpl t = xfrm_template(out ? kA : kB, out ? kB : kA, 7);
    t.id.spi = htonl(asks_for);
    if (protect) message.attribute(XFRMA_TMPL, t);
    kernel.policies[info.index] = message.bytes();
    return read_messages(message.bytes(), kNow);
  }
  std::vector<Message> drop_sa(const char* dst, uint32_t spi) {
    kernel.sas.erase(id(dst, spi));
    kernel.places.erase(id(dst, spi));
    std::vector<Message> gone(1);
    gone[0].what = SaGone{id(dst, spi)};
    return gone;
  }
  void put_tunnel() {
    put_sa(kA, kB, 0x1001, 1);
    put_sa(kB, kA, 0x1002, 2, 50);
    put_policy(XFRM_POLICY_OUT, 1);
    put_policy(XFRM_POLICY_IN, 2, "10.2.0.0/24", "10.1.0.0/24");
  }
  /// Outbound, AES-CBC with HMAC-SHA-256: its IVs are random.
  void put_cbc(uint32_t spi, uint64_t sent) {
    put_sa(kA, kB, spi, 1, sent);
    XfrmBytes message(XFRM_MSG_NEWSA, xfrm_sa(kA, kB, spi, 7));
    kernel.sas[id(kB, spi)] = with_cbc(message, 1).bytes();
  }
  void hear(std::vector<Message> messages) {
    mirror->take(std::move(messages));
    mirror->apply();
  }
  std::vector<uint32_t> spis() const {
    std::vector<uint32_t> found;
    for (const auto& sa : daemon->controller.sas()) found.push_back(sa.config.spi);
    return found;
  }
  const SaConfig& sa(uint32_t spi) const {
    const auto& all = daemon->controller.sas();
    return std::ranges::find_if(all, [&](const auto& one) { return one.config.spi == spi; })->config;
  }
  bool told(const std::string& text) const {
    return std::ranges::any_of(steps, [&](const std::string& step) { return step.find(text) != std::string::npos; });
  }
};

using Spis = std::vector<uint32_t>;

TEST_F(MirrorOfKernel, ATunnelOfTheKernelBecomesXespds) {
  put_tunnel();
  mirror->apply();
  EXPECT_EQ(spis(), (Spis{0x1002, 0x1001}));
  EXPECT_EQ(sa(0x1001).direction, Direction::kOut);
  EXPECT_EQ(sa(0x1002).direction, Direction::kIn);
  EXPECT_EQ(sa(0x1001).key.bytes()[0], 1);
  EXPECT_EQ(daemon->controller.policies().size(), 2u);
  EXPECT_TRUE(daemon->controller.policies().front().sa) << "bound to its SA";
  EXPECT_FALSE(told("left"));
}

TEST_F(MirrorOfKernel, OnlyOneOfTheTwoSends) {
  put_tunnel();
  put_cbc(0x1001, 40);
  kernel.meanwhile = 3;
  mirror->apply();
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, kEnd32) << "the kernel may still send";
  EXPECT_EQ(kernel.places[id(kA, 0x1002)].received, kEnd32) << "the kernel may still receive";
  EXPECT_EQ(sa(0x1001).seq, 40 + 3 * 65535u) << "above all that the kernel can have sent";
  EXPECT_EQ(sa(0x1002).seq, 50u + 3 + 32) << "nothing that the kernel may have received";
}

TEST_F(MirrorOfKernel, WithEsnTheEndIsThatOf64Bits) {
  put_tunnel();
  xfrm_usersa_info info = xfrm_sa(kA, kB, 0x1001, 7);
  info.flags = XFRM_STATE_ESN;
  XfrmBytes message(XFRM_MSG_NEWSA, info);
  kernel.sas[id(kB, 0x1001)] = with_gcm(message, 1).bytes();
  mirror->apply();
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, ~uint64_t{0});
  EXPECT_EQ(spis(), (Spis{0x1002, 0x1001}));
}

// Its IVs are numbers XORed with a salt that nobody knows.
TEST_F(MirrorOfKernel, AGcmSaThatTheKernelHasSentWithStaysWithIt) {
  put_tunnel();
  put_sa(kA, kB, 0x1001, 1, 40);
  mirror->apply();
  EXPECT_EQ(spis(), (Spis{0x1002})) << "inbound only";
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, 40u) << "not touched";
  EXPECT_TRUE(told("left dst 198.51.100.1 proto esp spi 0x00001001: the kernel has sent with it"));
  EXPECT_TRUE(told("left policy dir out"));
  hear(put_sa(kA, kB, 0x2001, 3));  // a rekey; the old one goes later
  EXPECT_EQ(spis(), (Spis{0x1002, 0x2001}));
  EXPECT_EQ(kernel.places[id(kB, 0x2001)].sent, kEnd32);
  EXPECT_EQ(daemon->controller.policies().size(), 2u) << "its traffic is xespd's";
  hear(drop_sa(kB, 0x1001));
  EXPECT_EQ(mirror->left(), 0u);
}

TEST_F(MirrorOfKernel, APacketThatTheKernelSendsBeforeItIsStoppedKeepsTheSaThere) {
  put_tunnel();
  kernel.meanwhile = 3;
  mirror->apply();
  EXPECT_EQ(spis(), (Spis{0x1002}));
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, 3 * 65535u) << "goes on, and gives no number again";
  EXPECT_TRUE(told("left dst 198.51.100.1 proto esp spi 0x00001001: the kernel has sent with it"));
}

TEST_F(MirrorOfKernel, AMessageTellsThatTheKernelHasSent) {
  put_tunnel();
  put_sa(kA, kB, 0x1001, 1, 0, 0, [](xfrm_usersa_info& info) { info.curlft.packets = 1; });
  mirror->apply();
  EXPECT_TRUE(told("spi 0x00001001: the kernel has sent with it"));
}

TEST_F(MirrorOfKernel, AKernelThatGoesOnSendingKeepsItsSa) {
  put_tunnel();
  kernel.deaf = true;
  mirror->apply();
  EXPECT_TRUE(daemon->controller.sas().empty());
  EXPECT_TRUE(daemon->controller.policies().empty());
  EXPECT_TRUE(told("does not let its SA be stopped"));
}

TEST_F(MirrorOfKernel, WhatXespdRefusesTheKernelGoesOnWith) {
  put_tunnel();
  put_sa(kA, kB, 0x1001, 2);  // the key of the other SA
  mirror->apply();
  EXPECT_EQ(spis(), (Spis{0x1002}));
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, 0u);
  EXPECT_TRUE(told("left dst 198.51.100.1 proto esp spi 0x00001001: xespd says: "));
  EXPECT_TRUE(told("left policy dir out")) << "its traffic is the kernel's";
  EXPECT_EQ(daemon->controller.policies().size(), 1u);
}

TEST_F(MirrorOfKernel, AnSaWithAMarkStaysWithItsPolicy) {
  put_tunnel();
  put_sa(kA, kB, 0x1001, 1, 0, 5);
  mirror->apply();
  mirror->apply();
  EXPECT_EQ(spis(), (Spis{0x1002}));
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, 0u);
  EXPECT_EQ(std::ranges::count_if(steps, [](const auto& s) { return s.starts_with("left"); }), 2) << "each told once";
  EXPECT_TRUE(told("mark"));
}

TEST_F(MirrorOfKernel, APolicyWithoutAnSaStaysWhereItsPacketsAskForOne) {
  put_policy(XFRM_POLICY_OUT, 1);
  mirror->apply();
  EXPECT_TRUE(daemon->controller.policies().empty());
  hear(put_sa(kA, kB, 0x1001, 1));
  EXPECT_EQ(daemon->controller.policies().size(), 1u);
  hear(drop_sa(kB, 0x1001));
  EXPECT_TRUE(daemon->controller.policies().empty());
  EXPECT_TRUE(daemon->controller.sas().empty());
}

// strongSwan's outbound policies name the SA that is to be used, and are updated behind each new one.
TEST_F(MirrorOfKernel, APolicyThatAsksForOneSpiGetsThatSa) {
  const auto out_policy = [this](uint32_t asks_for) {
    return put_policy(XFRM_POLICY_OUT, 1, "10.1.0.0/24", "10.2.0.0/24", 100, true, asks_for);
  };
  put_sa(kA, kB, 0x1001, 1);
  out_policy(0x1001);
  mirror->apply();
  EXPECT_EQ(spis(), (Spis{0x1001}));
  EXPECT_EQ(daemon->controller.policies().size(), 1u);
  hear(put_sa(kA, kB, 0x2001, 3));
  EXPECT_EQ(spis(), (Spis{0x1001})) << "no policy asks for the new one yet";
  EXPECT_EQ(kernel.places[id(kB, 0x2001)].sent, 0u);
  hear(out_policy(0x2001));
  EXPECT_EQ(spis(), (Spis{0x1001, 0x2001}));
  hear(drop_sa(kB, 0x1001));
  EXPECT_EQ(spis(), (Spis{0x2001}));
  EXPECT_EQ(daemon->controller.policies().size(), 1u);
}

TEST_F(MirrorOfKernel, AnSaWaitsForItsPolicy) {
  put_sa(kA, kB, 0x1001, 1);
  mirror->apply();
  EXPECT_TRUE(daemon->controller.sas().empty());
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, 0u) << "the kernel may go on";
  hear(put_policy(XFRM_POLICY_OUT, 1));
  EXPECT_EQ(spis(), (Spis{0x1001}));
}

TEST_F(MirrorOfKernel, ARekeyLeavesNoGap) {
  put_tunnel();
  mirror->apply();
  std::vector<Message> both = put_sa(kA, kB, 0x2001, 3);
  for (Message& message : drop_sa(kB, 0x1001)) both.push_back(std::move(message));
  steps.clear();
  hear(std::move(both));
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_TRUE(steps[0].starts_with("state.add")) << steps[0];
  EXPECT_TRUE(steps[1].starts_with("state.delete")) << steps[1];
  EXPECT_EQ(daemon->controller.policies().size(), 2u);
}

TEST_F(MirrorOfKernel, AnSaThatCameAgainIsStoppedAgain) {
  put_tunnel();
  mirror->apply();
  std::vector<Message> again = drop_sa(kB, 0x1001);
  for (Message& message : put_sa(kA, kB, 0x1001, 1)) again.push_back(std::move(message));
  hear(std::move(again));
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, kEnd32);
  EXPECT_EQ(spis(), (Spis{0x1002, 0x1001}));
  EXPECT_GE(sa(0x1001).seq, LeaseJournal::kBlock) << "above what the first one may have sent";
}

TEST_F(MirrorOfKernel, AfterLostMessagesWhatHasGoneGoes) {
  put_tunnel();
  put_sa(kA, kB, 0x2001, 3);
  mirror->apply();
  drop_sa(kB, 0x1001);            // and nobody heard
  put_sa(kB, kA, 0x1002, 2, 60);  // went and came with the same key
  kernel.policies.erase(1u << 3 | XFRM_POLICY_OUT);
  std::vector<Message> lost(1);
  lost[0].what = Unknown{};
  hear(std::move(lost));
  EXPECT_EQ(spis(), (Spis{0x2001, 0x1002}));
  EXPECT_EQ(sa(0x1002).seq, 60u);
  EXPECT_EQ(kernel.places[id(kA, 0x1002)].received, kEnd32);
  EXPECT_EQ(daemon->controller.policies().size(), 1u);
}

TEST_F(MirrorOfKernel, NewPortsMoveAnSa) {
  put_tunnel();
  mirror->apply();
  xfrm_usersa_info info = xfrm_sa(kA, kB, 0x1001, 7);
  XfrmBytes message(XFRM_MSG_UPDSA, info);
  with_gcm(message, 1).attribute(XFRMA_ENCAP, xfrm_encap_tmpl{2, htons(4500), htons(20001), {}});
  hear(read_messages(message.bytes(), kNow));
  EXPECT_EQ(sa(0x1001).encap, (UdpEncap{4500, 20001}));
  EXPECT_TRUE(told("state.move"));
}

TEST_F(MirrorOfKernel, AMirrorThatStartsAgainFindsWhatTheEarlierOneLeft) {
  put_tunnel();
  mirror->apply();
  steps.clear();
  mirror = make(false);
  mirror->apply();
  EXPECT_TRUE(steps.empty()) << steps[0];
  drop_sa(kB, 0x1001);
  mirror = make(false);
  mirror->apply();
  EXPECT_TRUE(told("foreign dst 198.51.100.1"));
  EXPECT_EQ(spis().size(), 2u);
  mirror = make(true);
  mirror->apply();
  EXPECT_EQ(spis(), (Spis{0x1002}));
}

TEST_F(MirrorOfKernel, AnXespdThatStartedAgainGoesOnAboveItsJournal) {
  put_tunnel();
  mirror->apply();
  daemon.reset();
  EXPECT_THROW(hear(put_sa(kA, kB, 0x2001, 3)), Error);
  daemon = std::make_unique<Daemon>(folder);
  control::Client second(folder.file("s"));
  Xespd again(kernel, second, "auto");
  Mirror anew(kernel, again, false, [](const Step&) {});
  anew.apply();
  EXPECT_EQ(spis(), (Spis{0x1002, 0x1001, 0x2001}));
  EXPECT_GE(sa(0x1001).seq, LeaseJournal::kBlock);
}

TEST_F(MirrorOfKernel, ABypassThatTheKernelWouldNotUseIsLeft) {
  put_tunnel();
  put_policy(XFRM_POLICY_OUT, 3, "10.1.0.0/24", "10.2.0.128/25", 200, false);
  mirror->apply();
  EXPECT_EQ(daemon->controller.policies().size(), 2u);
  EXPECT_TRUE(told("the longer prefix would win"));
  hear(put_policy(XFRM_POLICY_OUT, 3, "10.1.0.0/24", "10.2.0.128/25", 50, false));
  EXPECT_EQ(daemon->controller.policies().size(), 3u) << "one of better priority is taken";
}

TEST_F(MirrorOfKernel, OfOneSelectorTheKernelsFirstIsTaken) {
  put_tunnel();
  put_policy(XFRM_POLICY_OUT, 3, "10.1.0.0/24", "10.2.0.0/24", 200, false);
  mirror->apply();
  ASSERT_EQ(daemon->controller.policies().size(), 2u);
  for (const auto& p : daemon->controller.policies()) EXPECT_EQ(p.policy.action, PolicyAction::kProtect);
}

TEST_F(MirrorOfKernel, WithoutDoingItSaysWhatItWouldDo) {
  put_tunnel();
  NoTarget nothing;
  Mirror dry(kernel, nothing, false, [this](const Step& step) { steps.emplace_back(step.what); });
  dry.apply();
  EXPECT_EQ(std::ranges::count(steps, "state.add"), 2);
  EXPECT_EQ(std::ranges::count(steps, "policy.set"), 2);
  EXPECT_TRUE(daemon->controller.sas().empty());
  EXPECT_EQ(kernel.places[id(kB, 0x1001)].sent, 0u);
}

}  // namespace
}  // namespace xesp::test
