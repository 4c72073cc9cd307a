// SPDX-License-Identifier: GPL-2.0-or-later
// The charon plugin's side of the socket against a server in this process: what it says arrives whole, what it hears is
// told.
#include "link/xesp_link.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <future>
#include <memory>
#include <thread>

#include "support/daemon.h"
#include "support/temporary_folder.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

using namespace std::chrono_literals;

class Link : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon = std::make_unique<Daemon>(folder);
  xesp_link* link = xesp_link_create(folder.file("s").c_str());
  uint8_t key[36] = {7};
  xesp_why why{};

  ~Link() override { xesp_link_destroy(link); }

  static xesp_sa_id id(uint32_t spi) {
    xesp_sa_id out{};
    std::strcpy(out.src, "192.0.2.1");
    std::strcpy(out.dst, "198.51.100.1");
    out.proto = 50;
    out.spi = spi;
    return out;
  }
  xesp_sa sa(uint32_t spi) {
    xesp_sa out{};
    out.id = id(spi);
    out.inbound = true;
    out.tunnel = true;
    out.reqid = 3;
    out.suite = {"rfc4106(gcm(aes))", nullptr, nullptr, 128, {key, sizeof key}, {nullptr, 0}};
    out.esn = true;
    out.replay_window = 64;
    out.limits.hard_seconds = 100;
    out.limits.soft_bytes = 5;
    out.copy_dscp_in = true;
    out.has_selector = true;
    std::strcpy(out.selector.src, "10.2.0.0/24");
    std::strcpy(out.selector.dst, "10.1.0.0/24");
    out.offload = "off";
    return out;
  }
  static xesp_policy policy(xesp_action action) {
    xesp_policy out{};
    std::strcpy(out.selector.src, "10.1.0.0/24");
    std::strcpy(out.selector.dst, "10.2.0.0/24");
    out.action = action;
    std::strcpy(out.src, "198.51.100.1");
    std::strcpy(out.dst, "192.0.2.1");
    out.proto = 50;
    out.reqid = 3;
    out.tunnel = true;
    return out;
  }
};

TEST_F(Link, AnSaArrivesWhole) {
  xesp_sa_id larval = id(0);
  ASSERT_EQ(xesp_reserve_spi(link, &larval, &why), XESP_OK) << why.text;
  ASSERT_NE(larval.spi, 0u);
  const xesp_sa given = sa(larval.spi);
  ASSERT_EQ(xesp_add_sa(link, &given, &why), XESP_OK) << why.text;
  const SaConfig& there = daemon->controller.sas().front().config;
  EXPECT_EQ(there.direction, Direction::kIn);
  EXPECT_EQ(there.mode, Mode::kTunnel);
  EXPECT_EQ(there.reqid, 3u);
  EXPECT_EQ(there.key.size(), 32u);
  EXPECT_EQ(there.key.bytes()[0], 7);
  EXPECT_TRUE(there.esn);
  EXPECT_EQ(there.replay_window, 64u);
  EXPECT_EQ(there.lifetime, (Lifetime{.soft_bytes = 5, .hard_seconds = 100}));
  EXPECT_TRUE(there.decap_dscp);
  EXPECT_EQ(there.selector->dst.str(), "10.1.0.0/24");
  EXPECT_EQ(there.offload, Offload::kOff);
  xesp_usage usage{1, 1};
  EXPECT_EQ(xesp_query_sa(link, &given.id, &usage, &why), XESP_OK);
  EXPECT_EQ(usage.packets, 0u);
  EXPECT_EQ(xesp_move_sa(link, &given.id, "192.0.2.5", "198.51.100.1", {4500, 4500}, 0, &why), XESP_OK) << why.text;
  EXPECT_EQ(daemon->controller.sas().front().config.encap, UdpEncap{});
  EXPECT_EQ(xesp_delete_sa(link, &given.id, &why), XESP_OK) << why.text;
  EXPECT_EQ(xesp_delete_sa(link, &given.id, &why), XESP_NOT_FOUND);
}

TEST_F(Link, AnHmacSuiteArrivesWhole) {
  xesp_sa given = sa(0x1001);
  uint8_t auth_key[32] = {9};
  given.suite = {nullptr, "cbc(aes)", "hmac(sha256)", 128, {key, 32}, {auth_key, 32}};
  given.esn = false;
  ASSERT_EQ(xesp_add_sa(link, &given, &why), XESP_OK) << why.text;
  EXPECT_EQ(daemon->controller.sas().front().config.auth_key.bytes()[0], 9);
}

TEST_F(Link, AnAhSaArrivesWhole) {
  xesp_sa given = sa(0x1001);
  uint8_t auth_key[48] = {9};
  given.id.proto = 51;
  given.suite = {nullptr, nullptr, "hmac(sha384)", 192, {nullptr, 0}, {auth_key, 48}};
  ASSERT_EQ(xesp_add_sa(link, &given, &why), XESP_OK) << why.text;
  const SaConfig& there = daemon->controller.sas().front().config;
  EXPECT_EQ(there.proto, kProtoAh);
  EXPECT_EQ(there.integrity, Integrity::kHmacSha384);
  EXPECT_EQ(there.auth_key.bytes()[0], 9);
}

TEST_F(Link, ARefusalSaysWhyAndShowsNoKey) {
  xesp_sa given = sa(0x1001);
  given.suite.icv_bits = 77;
  EXPECT_EQ(xesp_add_sa(link, &given, &why), XESP_REFUSED);
  EXPECT_NE(std::string(why.text).find("ICV"), std::string::npos) << why.text;
  EXPECT_EQ(std::string(why.text).find("0700"), std::string::npos);
}

TEST_F(Link, APolicyTakesThePlaceOfTheLast) {
  const xesp_policy drop = policy(XESP_DISCARD), protect = policy(XESP_PROTECT);
  ASSERT_EQ(xesp_set_policy(link, &drop, &why), XESP_OK) << why.text;
  ASSERT_EQ(xesp_set_policy(link, &protect, &why), XESP_OK) << why.text;
  ASSERT_EQ(daemon->controller.policies().size(), 1u);
  EXPECT_EQ(daemon->controller.policies().front().policy.reqid, 3u);
  EXPECT_EQ(xesp_delete_policy(link, &protect, &why), XESP_OK);
  EXPECT_EQ(xesp_delete_policy(link, &protect, &why), XESP_NOT_FOUND);
}

struct Heard {
  std::mutex mutex;
  std::vector<std::pair<xesp_event_kind, uint32_t>> events;

  static void tell(void* user, const xesp_event* event) {
    auto* heard = static_cast<Heard*>(user);
    const std::lock_guard lock(heard->mutex);
    heard->events.emplace_back(event->kind, event->id.spi);
  }
  bool await(xesp_event_kind kind, size_t times = 1) {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(mutex);
        if (std::ranges::count(events, kind, &std::pair<xesp_event_kind, uint32_t>::first) >= std::ptrdiff_t(times))
          return true;
      }
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
};

TEST_F(Link, HearsOfLimitsAndOfADaemonThatComesBack) {
  Heard heard;
  std::thread following([&] { xesp_link_follow(link, Heard::tell, &heard); });
  EXPECT_TRUE(heard.await(XESP_EVENT_CONNECTED));
  daemon->events.tell({{"event", "limit"},
                       {"limit", "hard"},
                       {"sa", {{"src", "192.0.2.1"}, {"dst", "198.51.100.1"}, {"proto", "esp"}, {"spi", 0x1001}}}});
  EXPECT_TRUE(heard.await(XESP_EVENT_HARD));
  EXPECT_EQ(heard.events.back().second, 0x1001u);
  daemon.reset();
  EXPECT_TRUE(heard.await(XESP_EVENT_LOST));
  const xesp_policy drop = policy(XESP_DISCARD);
  EXPECT_EQ(xesp_set_policy(link, &drop, &why), XESP_AWAY);
  daemon = std::make_unique<Daemon>(folder);
  EXPECT_TRUE(heard.await(XESP_EVENT_CONNECTED, 2));
  EXPECT_EQ(xesp_set_policy(link, &drop, &why), XESP_OK) << why.text;
  xesp_link_stop(link);
  following.join();
}

}  // namespace
}  // namespace xesp::test
