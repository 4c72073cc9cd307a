// SPDX-License-Identifier: Apache-2.0
// What a key exchange asks of the daemon beyond adding and deleting: SPIs before SAs, limits in seconds, new addresses,
// policies that take another's place, and why there is no SA.
#include <gtest/gtest.h>

#include <thread>

#include "core/controller.h"
#include "core/requests.h"
#include "support/refusal.h"
#include "support/sas.h"
#include "support/temporary_folder.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// Says once that packets had no SA.
class MissingPath : public PacketPath {
 public:
  std::vector<std::pair<Policy, Traffic>> misses;

  void set_policy(const Policy&) override {}
  void remove_policy(const Policy&) override {}
  void bind_out(const Policy&, std::optional<SaHandle>) override {}
  void add_outbound(const SaConfig&, SaHandle) override {}
  void remove_outbound(SaHandle) override {}
  void add_inbound(const SaConfig&, SaHandle) override {}
  void remove_inbound(const SaConfig&) override {}
  std::optional<Policy> policy_for(Direction, const Traffic&) const override { return std::nullopt; }
  std::vector<std::pair<Policy, Traffic>> take_misses() override { return std::exchange(misses, {}); }
  json counters() const override { return nullptr; }
  std::string fault() const override { return {}; }
};

class KeyExchange : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = make_software_engine();
  LeaseJournal journal{folder.file("j")};
  LeaseKeeper leases{journal, *engine};
  MissingPath path;
  Controller controller{*engine, leases, path};
  Events events;
  Requests requests{controller, *engine, path, &events};
  const IpAddress here = IpAddress::parse("198.51.100.1"), there = IpAddress::parse("192.0.2.1");

  static control::SaRequest sa(Direction direction, uint32_t spi = 0x1001, uint8_t seed = 1) {
    control::SaRequest r;
    r.sa = make_sa(direction, Mode::kTunnel, spi, seed);
    r.direction = direction;
    return r;
  }
  static control::SaName name(uint32_t spi = 0x1001, const char* dst = "198.51.100.1") {
    control::SaName n;
    n.dst = IpAddress::parse(dst);
    n.spi = spi;
    return n;
  }
  json ask(const char* what, json more = json::object()) {
    more["v"] = 1;
    more["do"] = what;
    return requests.handle(more, {true});
  }
};

TEST_F(KeyExchange, AnSpiIsLarvalUntilItsSaIsThere) {
  const uint32_t spi = ask("state.reserve", {{"src", "192.0.2.1"}, {"dst", "198.51.100.1"}, {"proto", "esp"}})["spi"];
  EXPECT_GE(spi, 0xc0000000u);
  EXPECT_TRUE(ask("state.list").empty()) << "who does not ask for them sees SAs only";
  const json rows = ask("state.list", {{"larval", true}});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["spi"], spi);
  EXPECT_EQ(rows[0]["larval"], true);
  controller.add_sa(sa(Direction::kIn, spi));
  EXPECT_TRUE(controller.larvals().all().empty());
}

TEST_F(KeyExchange, AReservedSpiIsGivenBackOrEnds) {
  const uint32_t spi = controller.reserve_spi(there, here, kProtoEsp, 10s).spi;
  controller.delete_sa(name(spi));
  EXPECT_TRUE(controller.larvals().all().empty());
  EXPECT_NE(refusal([&] { controller.delete_sa(name(spi)); }).find("no SA"), std::string::npos);
  const auto now = Controller::Clock::now();
  controller.reserve_spi(there, here, kProtoEsp, 10s, now);
  controller.expire(now + 9s);
  EXPECT_EQ(controller.larvals().all().size(), 1u);
  controller.expire(now + 10s);
  EXPECT_TRUE(controller.larvals().all().empty());
}

TEST_F(KeyExchange, AnSpiInUseIsNotGivenAgain) {
  Larvals larvals;
  size_t asked = 0;
  larvals.reserve(
      there, here, kProtoEsp, 10s, [&](uint32_t) { return ++asked < 4; }, Controller::Clock::now());
  EXPECT_EQ(asked, 4u);
  for (size_t i = 1; i < Larvals::kMost; ++i)
    larvals.reserve(
        there, here, kProtoEsp, 10s, [](uint32_t) { return false; }, Controller::Clock::now());
  EXPECT_NE(refusal([&] {
              larvals.reserve(
                  there, here, kProtoEsp, 10s, [](uint32_t) { return false; }, Controller::Clock::now());
            }).find("are reserved"),
            std::string::npos);
}

TEST_F(KeyExchange, TimeEndsAnSaAfterASoftWarning) {
  control::SaRequest r = sa(Direction::kIn);
  r.sa.lifetime = {.soft_seconds = 60, .hard_seconds = 90};
  const auto start = controller.add_sa(std::move(r)).since;
  EXPECT_TRUE(controller.expire(start + 59s).empty());
  const auto soft = controller.expire(start + 60s);
  ASSERT_EQ(soft.size(), 1u);
  EXPECT_FALSE(soft[0].hard);
  EXPECT_TRUE(soft[0].config.key.empty());
  EXPECT_TRUE(controller.expire(start + 61s).empty()) << "told once";
  const auto hard = controller.expire(start + 90s);
  ASSERT_EQ(hard.size(), 1u);
  EXPECT_TRUE(hard[0].hard);
  EXPECT_TRUE(controller.sas().empty());
}

TEST_F(KeyExchange, AnSaWithoutLimitsStays) {
  const auto start = controller.add_sa(sa(Direction::kOut)).since;
  EXPECT_TRUE(controller.expire(start + 87600h).empty());
  EXPECT_EQ(controller.sas().size(), 1u);
}

TEST_F(KeyExchange, AMovedSaKeepsItsKeyAndItsPlace) {
  controller.add_sa(sa(Direction::kOut));
  const SaHandle before = controller.sas().front().handle;
  const json moved = ask("state.move", {{"sa", {{"dst", "198.51.100.1"}, {"spi", 0x1001}}},
                                        {"new_src", "192.0.2.7"},
                                        {"new_dst", "198.51.100.1"},
                                        {"encap", {{"src_port", 4500}, {"dst_port", 20001}}},
                                        {"reqid", 9}});
  EXPECT_EQ(moved["src"], "192.0.2.7");
  EXPECT_EQ(moved["encap"]["dst_port"], 20001);
  EXPECT_EQ(moved["reqid"], 9);
  const Controller::Sa& now = controller.sas().front();
  EXPECT_FALSE(now.handle == before);
  EXPECT_GE(now.config.seq, LeaseJournal::kBlock) << "no number of its key comes twice";
  EXPECT_EQ(now.config.key.size(), 32u);
  controller.delete_sa(name());
}

TEST_F(KeyExchange, AMoveThatFailsLeavesTheSaAsItWas) {
  controller.add_sa(sa(Direction::kIn, 0x1001, 1));
  control::SaRequest other = sa(Direction::kIn, 0x1001, 2);
  other.sa.dst = IpAddress::parse("198.51.100.2");
  controller.add_sa(std::move(other));
  EXPECT_NE(refusal([&] {
              controller.move_sa(name(), {there, IpAddress::parse("198.51.100.2"), {}});
            }).find("there"),
            std::string::npos);
  EXPECT_NE(refusal([&] {
              controller.move_sa(name(), {there, IpAddress::parse("2001:db8::1"), {}});
            }).find("IPv4"),
            std::string::npos);
  EXPECT_EQ(controller.find_sa(name()).config.dst, here);
  EXPECT_NE(refusal([&] { controller.move_sa(name(0x9999), {there, here, {}}); }).find("no SA"), std::string::npos);
}

TEST_F(KeyExchange, AnInboundSaTakesNoNumberAgainAfterAMove) {
  controller.add_sa(sa(Direction::kIn));
  const std::unique_ptr<Engine> peer = make_software_engine();
  const SaHandle sender = peer->install(sa(Direction::kOut).sa);
  const Bytes clear = ipv4("10.1.0.2", "10.2.0.2", 17, counting(20));
  const Result first = send(*peer, sender, clear), second = send(*peer, sender, clear);
  EXPECT_EQ(receive(*engine, first.data).status, abi::kOk);
  controller.move_sa(name(), {IpAddress::parse("192.0.2.8"), here, {}});
  EXPECT_NE(receive(*engine, first.data).status, abi::kOk);
  EXPECT_EQ(receive(*engine, second.data).status, abi::kOk);
}

TEST_F(KeyExchange, OneSaTellsItsUsage) {
  controller.add_sa(sa(Direction::kOut));
  const json row = ask("state.get", {{"sa", {{"dst", "198.51.100.1"}, {"spi", 0x1001}}}});
  EXPECT_EQ(row["packets"], 0);
  EXPECT_FALSE(row["aead"].contains("key"));
  EXPECT_THROW(ask("state.get", {{"sa", {{"dst", "198.51.100.1"}, {"spi", 0x1002}}}}), Error);
}

TEST_F(KeyExchange, APolicyTakesAnothersPlaceIfAskedTo) {
  json policy = {{"dir", "out"}, {"sel", {{"src", "10.1.0.0/24"}, {"dst", "10.2.0.0/24"}}}, {"action", "discard"}};
  ask("policy.add", {{"policy", policy}});
  EXPECT_THROW(ask("policy.add", {{"policy", policy}}), Error);
  policy["action"] = "protect";
  policy["tmpl"] = {{"src", "192.0.2.1"}, {"dst", "198.51.100.1"}, {"proto", "esp"}, {"mode", "tunnel"}};
  controller.add_sa(sa(Direction::kOut));
  ask("policy.add", {{"policy", policy}, {"replace", true}});
  ASSERT_EQ(controller.policies().size(), 1u);
  EXPECT_EQ(controller.policies().front().policy.action, PolicyAction::kProtect);
  EXPECT_TRUE(controller.policies().front().sa);
}

TEST_F(KeyExchange, APacketWithoutAnSaAsksForOne) {
  Policy policy;
  policy.selector = {Prefix::parse("10.1.0.0/24"), Prefix::parse("10.2.0.0/24"), 0};
  policy.tmpl_src = there;
  policy.tmpl_dst = here;
  const Traffic packet{IpAddress::parse("10.1.0.5"), IpAddress::parse("10.2.0.6"), 6, 1000, 80};
  path.misses = {{policy, packet}};
  requests.look_at_clock();
  EXPECT_TRUE(events.take().empty()) << "a policy that has gone meanwhile";
  controller.add_policy(policy);
  path.misses = {{policy, packet}};
  std::this_thread::sleep_for(450ms);
  requests.look_at_clock();
  const auto told = events.take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0]["event"], "acquire");
  EXPECT_EQ(told[0]["policy"]["sel"]["dst"], "10.2.0.0/24");
  EXPECT_EQ(told[0]["packet"]["dport"], 80);
  controller.add_sa(sa(Direction::kOut));
  path.misses = {{policy, packet}};
  std::this_thread::sleep_for(450ms);
  requests.look_at_clock();
  EXPECT_TRUE(events.take().empty()) << "there is one by now";
}

TEST_F(KeyExchange, WhyThereIsNoSaIsKeptUntilThereIsOne) {
  const json notice = {{"peer", "198.51.100.1"}, {"kind", "secret"}, {"text", "t"}, {"fix", "f"}};
  ask("notice.add", {{"notice", notice}});
  ask("notice.add", {{"notice", notice}});
  const json rows = ask("notice.list");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["count"], 2);
  EXPECT_EQ(events.take().back()["event"], "notice");
  ask("state.add", {{"sa", control::to_json(sa(Direction::kOut))}});
  EXPECT_TRUE(ask("notice.list").empty());
}

TEST(Notices, AreBoundedAndEnd) {
  Notices notices;
  const auto now = Notices::Clock::now();
  for (size_t i = 0; i < Notices::kMost + 3; ++i)
    notices.add(IpAddress::parse("192.0.2.1"), std::to_string(i), std::string(2000, 'x'), "", now);
  EXPECT_EQ(notices.list(now).size(), Notices::kMost);
  EXPECT_EQ(notices.list(now)[0]["kind"], "3");
  EXPECT_EQ(notices.list(now)[0]["text"].get<std::string>().size(), Notices::kMostText);
  EXPECT_TRUE(notices.list(now + 2h).empty());
}

}  // namespace
}  // namespace xesp::test
