// SPDX-License-Identifier: Apache-2.0
// The daemon's control side in this process: what engine and packet path hear, and in which order.
#include "core/controller.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/requests.h"
#include "support/refusal.h"
#include "support/sas.h"
#include "support/temporary_folder.h"
#include "words/policy_words.h"
#include "words/state_words.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

using nlohmann::json;

// Writes down what it is told, and refuses on demand.
class RecordingPath final : public PacketPath {
 public:
  std::vector<std::string> log;
  std::string refuse;
  std::optional<Policy> covers;  // every packet of its direction

  void set_policy(const Policy&) override { note("set_policy"); }
  void remove_policy(const Policy&) override { note("remove_policy"); }
  void bind_out(const Policy&, std::optional<SaHandle> sa) override {
    note(sa ? "bind " + std::to_string(sa->index) : "unbind");
  }
  void add_outbound(const SaConfig&, SaHandle) override {}
  void remove_outbound(SaHandle) override {}
  void add_inbound(const SaConfig&, SaHandle) override { note("add_inbound"); }
  void remove_inbound(const SaConfig&) override { note("remove_inbound"); }
  std::optional<Policy> policy_for(Direction direction, const Traffic&) const override {
    return covers && covers->direction == direction ? covers : std::nullopt;
  }
  json counters() const override { return json::object(); }
  std::string fault() const override { return {}; }

 private:
  void note(const std::string& what) {
    if (!refuse.empty() && what.starts_with(refuse)) throw Error(ErrorCode::kOs, "refused for the test");
    log.push_back(what);
  }
};

class Control : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = make_software_engine();
  LeaseJournal journal{folder.file("j")};
  LeaseKeeper leases{journal, *engine};
  RecordingPath path;
  Controller controller{*engine, leases, path};
  Requests requests{controller, *engine, path};

  // The test SA; `seed` makes its key.
  control::SaRequest request(std::optional<Direction> direction, uint32_t spi, uint8_t seed) {
    control::SaRequest r;
    r.sa = make_sa(direction.value_or(Direction::kOut), Mode::kTunnel, spi, seed);
    r.direction = direction;
    return r;
  }
  Policy protect(Direction direction = Direction::kOut) {
    Policy p;
    p.direction = direction;
    p.selector = {Prefix::parse("10.1.0.0/24"), Prefix::parse("10.2.0.0/24"), 0};
    p.tmpl_src = IpAddress::parse("192.0.2.1");
    p.tmpl_dst = IpAddress::parse("198.51.100.1");
    return p;
  }
  control::SaRequest ah(Direction direction, uint32_t spi, uint8_t seed) {
    control::SaRequest r = request(direction, spi, seed);
    r.sa.proto = kProtoAh;
    r.sa.auth_only = true;
    return r;
  }
  control::SaName name(uint32_t spi) { return {IpAddress::parse("198.51.100.1"), spi, {}, {}, {}}; }
};

TEST_F(Control, AProtectPolicyUsesTheNewestSaAndDropsWithoutOne) {
  controller.add_policy(protect());
  EXPECT_EQ(path.log, (std::vector<std::string>{"set_policy"})) << "no SA: never bound";
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  controller.add_sa(request(Direction::kOut, 0x1002, 2));
  controller.delete_sa(name(0x1002));
  controller.delete_sa(name(0x1001));
  EXPECT_EQ(path.log, (std::vector<std::string>{"set_policy", "bind 0", "bind 1", "bind 0", "unbind"}));
  EXPECT_FALSE(controller.policies().front().sa) << "the policy outlives its SAs";
}

TEST_F(Control, DeletingAnOlderSaChangesNoBinding) {
  controller.add_policy(protect());
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  controller.add_sa(request(Direction::kOut, 0x1002, 2));
  controller.delete_sa(name(0x1001));
  EXPECT_EQ(path.log.back(), "bind 1");
}

TEST_F(Control, APolicyAddedLaterFindsItsSa) {
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  controller.add_policy(protect());
  EXPECT_EQ(path.log, (std::vector<std::string>{"set_policy", "bind 0"}));
}

TEST_F(Control, AFailedInstallLeavesNothing) {
  path.refuse = "add_inbound";
  EXPECT_THROW(controller.add_sa(request(Direction::kIn, 0x1001, 1)), Error);
  EXPECT_TRUE(controller.sas().empty());
  path.refuse.clear();
  controller.add_sa(request(Direction::kIn, 0x1001, 1));

  controller.add_policy(protect());
  path.refuse = "bind";
  EXPECT_THROW(controller.add_sa(request(Direction::kOut, 0x2001, 2)), Error);
  EXPECT_EQ(controller.sas().size(), 1u);
  EXPECT_FALSE(controller.policies().front().sa);
  path.refuse.clear();
  controller.add_sa(request(Direction::kOut, 0x2001, 2));
  EXPECT_TRUE(controller.policies().front().sa);
}

TEST_F(Control, TheDirectionComesFromThePolicies) {
  EXPECT_NE(refusal([&] { controller.add_sa(request({}, 0x1001, 1)); }).find("add 'dir out' or 'dir in'"),
            std::string::npos);
  controller.add_policy(protect(Direction::kIn));
  EXPECT_EQ(controller.add_sa(request({}, 0x1001, 1)).config.direction, Direction::kIn);
  Policy out = protect(Direction::kOut);
  controller.add_policy(out);
  EXPECT_NE(refusal([&] { controller.add_sa(request({}, 0x1002, 2)); }).find("both directions"), std::string::npos);
}

TEST_F(Control, TwoSendersNeverShareAKey) {
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  EXPECT_NE(refusal([&] { controller.add_sa(request(Direction::kOut, 0x1002, 1)); }).find("aead key"),
            std::string::npos);
  EXPECT_NE(refusal([&] { controller.add_sa(request(Direction::kIn, 0x1003, 1)); }).find("aead key"),
            std::string::npos);
  controller.add_sa(request(Direction::kIn, 0x1004, 2));
  EXPECT_NE(refusal([&] { controller.add_sa(request(Direction::kOut, 0x1005, 2)); }).find("aead key"),
            std::string::npos);
}

TEST_F(Control, AKeyThatComesBackGoesOn) {
  EXPECT_EQ(controller.add_sa(request(Direction::kOut, 0x1001, 1)).config.seq, 0u);
  controller.delete_sa(name(0x1001));
  EXPECT_EQ(controller.add_sa(request(Direction::kOut, 0x1001, 1)).config.seq, LeaseJournal::kBlock);
}

TEST_F(Control, NamesAreUnique) {
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  EXPECT_NE(refusal([&] { controller.add_sa(request(Direction::kOut, 0x1001, 2)); }).find("is there already"),
            std::string::npos);
  controller.add_sa(request(Direction::kIn, 0x1001, 3));
  EXPECT_NE(refusal([&] { controller.delete_sa(name(0x1001)); }).find("add 'dir out' or 'dir in'"), std::string::npos);
  controller.add_policy(protect());
  EXPECT_NE(refusal([&] { controller.add_policy(protect()); }).find("there already"), std::string::npos);
  EXPECT_EQ(controller.flush_sas(Direction::kIn), 1u);
  EXPECT_EQ(controller.flush_sas(std::nullopt), 1u);
  EXPECT_EQ(controller.flush_policies(), 1u);
  EXPECT_NE(refusal([&] { controller.delete_sa(name(0x1001)); }).find("no SA"), std::string::npos);
  EXPECT_NE(refusal([&] { controller.delete_policy(protect()); }).find("no policy"), std::string::npos);
}

TEST_F(Control, TellsWhereAPacketGoesAndWhy) {
  const auto where = [&](const char* dir, json packet) {
    packet["src"] = "10.1.0.5";
    if (!packet.contains("dst")) packet["dst"] = "10.2.0.5";
    const json answer = requests.handle({{"v", 1}, {"do", "where"}, {"dir", dir}, {"packet", packet}}, {});
    return answer["to"].get<std::string>() + ": " + answer["why"].get<std::string>();
  };
  EXPECT_TRUE(where("out", {}).starts_with("kernel: no policy"));
  EXPECT_TRUE(where("out", {{"proto", 17}, {"sport", 500}, {"dport", 500}}).starts_with("kernel: IKE"));
  path.covers = protect();
  EXPECT_TRUE(where("out", {}).starts_with("drop: a protect policy of an earlier xespd"));
  EXPECT_TRUE(where("in", {}).starts_with("kernel: no policy"));
  controller.add_policy(protect());
  EXPECT_TRUE(where("out", {}).starts_with("drop: must be protected, and no SA"));
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  EXPECT_TRUE(where("out", {}).starts_with("engine: protected"));
  const json packet = {{"src", "10.1.0.5"}, {"dst", "10.2.0.5"}, {"proto", 17}, {"sport", 1}, {"dport", 4500}};
  const json answer = requests.handle({{"v", 1}, {"do", "where"}, {"dir", "out"}, {"packet", packet}}, {});
  EXPECT_EQ(answer["sa"]["spi"], 0x1001);
  EXPECT_EQ(answer["policy"]["tmpl"]["dst"], "198.51.100.1");
  EXPECT_TRUE(answer.contains("note")) << "port 4500";

  path.covers = protect(Direction::kIn);
  EXPECT_TRUE(where("in", {}).starts_with("drop: came in clear"));
  controller.add_sa(request(Direction::kIn, 0x1002, 2));
  EXPECT_TRUE(
      where("in", {{"proto", 50}, {"dst", "198.51.100.1"}}).starts_with("engine: ESP or AH to an address of ours"));
  path.covers->action = PolicyAction::kDiscard;
  EXPECT_TRUE(where("in", {}).starts_with("drop: a discard policy"));
  path.covers->action = PolicyAction::kBypass;
  EXPECT_TRUE(where("in", {}).starts_with("kernel: a bypass policy"));
  EXPECT_NE(refusal([&] { where("out", {{"dst", "::1"}}); }).find("both are IPv6"), std::string::npos);
  EXPECT_NE(refusal([&] { where("out", {{"port", 1}}); }).find("packet.port"), std::string::npos);
}

TEST_F(Control, WhatTheSteeringCannotFindIsRefused) {
  auto encap = request(Direction::kIn, 0x1002, 2);
  encap.sa.encap = UdpEncap{4500, 500};
  EXPECT_TRUE(refusal([&] { controller.add_sa(std::move(encap)); }).starts_with("encap:"));
  EXPECT_TRUE(controller.sas().empty());
}

TEST_F(Control, APolicyTakesSasOfItsProtocolOnly) {
  Policy by_ah = protect();
  by_ah.proto = kProtoAh;
  controller.add_policy(by_ah);
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  EXPECT_FALSE(controller.policies().front().sa);
  controller.add_sa(ah(Direction::kOut, 0x1001, 2));  // the same dst and SPI: another SA, for it is another protocol
  ASSERT_TRUE(controller.policies().front().sa);
  EXPECT_EQ(controller.find_out(*controller.policies().front().sa)->config.proto, kProtoAh);
  EXPECT_NE(refusal([&] { controller.add_sa(ah(Direction::kOut, 0x1001, 3)); }).find("is there already"),
            std::string::npos);
  EXPECT_NE(refusal([&] { controller.delete_sa(name(0x1001)); }).find("several SAs"), std::string::npos);
}

TEST_F(Control, RequestsAreCheckedByField) {
  const json good = {{"v", 1}, {"do", "state.add"}, {"sa", to_json(request(Direction::kOut, 0x1001, 1))}};
  const struct {
    const char* says;
    std::function<void(json&)> spoil;
  } cases[] = {
      {"v:", [](json& r) { r["v"] = 2; }},
      {"do is missing", [](json& r) { r.erase("do"); }},
      {"do must be a string", [](json& r) { r["do"] = 5; }},
      {"'nothing' is not known", [](json& r) { r["do"] = "nothing"; }},
      {"sa is missing", [](json& r) { r.erase("sa"); }},
      {"sa must be", [](json& r) { r["sa"] = 1; }},
      {"extra is not known", [](json& r) { r["extra"] = 1; }},
      {"sa.colour is not known", [](json& r) { r["sa"]["colour"] = 1; }},
      {"sa.spi must be", [](json& r) { r["sa"]["spi"] = -1; }},
      {"sa.spi must be", [](json& r) { r["sa"]["spi"] = uint64_t{1} << 32; }},
      {"spi:", [](json& r) { r["sa"]["spi"] = 3; }},
      {"sa.proto must be one of: esp, ah", [](json& r) { r["sa"]["proto"] = "comp"; }},
      {"aead: AH does not encrypt", [](json& r) { r["sa"]["proto"] = "ah"; }},
      {"sa.mode must be one of: transport, tunnel", [](json& r) { r["sa"]["mode"] = "beet"; }},
      {"is not an address", [](json& r) { r["sa"]["src"] = "x"; }},
      {"sa.aead.key must be a string", [](json& r) { r["sa"]["aead"]["key"] = 1; }},
      {"key: must start with 0x", [](json& r) { r["sa"]["aead"]["key"] = "secret"; }},
      {"too short", [](json& r) { r["sa"]["aead"]["key"] = "0x0011"; }},
      {"aead key: AES takes", [](json& r) { r["sa"]["aead"]["key"] = "0x0011223344"; }},
  };
  for (const auto& c : cases) {
    json bad = good;
    c.spoil(bad);
    const std::string text = refusal([&] { requests.handle(bad, {true}); });
    EXPECT_NE(text.find(c.says), std::string::npos) << c.says << " -> " << text;
  }
  EXPECT_EQ(requests.handle(good, {true})["seq"], 0);
}

TEST_F(Control, WithoutACardNothingThatRequiresItIsTaken) {
  SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
  sa.offload = Offload::kRequire;
  control::SaRequest wanted;
  wanted.sa = sa.clone();
  wanted.direction = sa.direction;
  const auto add = [&] {
    requests.handle({{"v", 1}, {"do", "state.add"}, {"sa", control::to_json(wanted)}}, {.root = true});
  };
  const std::string why = refusal(add);
  EXPECT_NE(why.find("offload require: xespd runs without a card"), std::string::npos) << why;
  EXPECT_TRUE(controller.sas().empty());
  wanted.sa.offload = Offload::kAuto;
  EXPECT_EQ(refusal(add), "(taken)");
}

TEST_F(Control, TellsWhatDoesTheSoftwaresWork) {
  for (const char* what : {"card", "caps"})
    EXPECT_EQ(requests.handle({{"v", 1}, {"do", what}}, {})["software"], "software (OpenSSL)") << what;
}

TEST_F(Control, KeysAreShownToRootOnRequestOnly) {
  controller.add_sa(request(Direction::kOut, 0x1001, 1));
  const json list = {{"v", 1}, {"do", "state.list"}};
  const json list_keys = {{"v", 1}, {"do", "state.list"}, {"show_keys", true}};
  EXPECT_FALSE(requests.handle(list, {true})[0]["aead"].contains("key"));
  EXPECT_TRUE(requests.handle(list_keys, {true})[0]["aead"].contains("key"));
  EXPECT_THROW(requests.handle(list_keys, {false}), Error);
}

TEST_F(Control, TheAlgorithmIsTakenAndShown) {
  for (const char* name : {"rfc4106(gcm(aes))", "rfc4543(gcm(aes))"})
    for (const int digits : {40, 56, 72}) {
      cli::Words words(cli::split_words("src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 aead " +
                                        std::string(name) + " 0x" + std::string(static_cast<size_t>(digits), 'a') +
                                        " 128 dir out"));
      const json object = to_json(cli::parse_state(words));
      EXPECT_EQ(object["aead"]["name"], name);
      const control::SaRequest r = control::sa_request_from_json(object);
      EXPECT_EQ(r.sa.auth_only, std::string(name) == control::kGmacName);
      EXPECT_EQ(r.sa.key.size(), static_cast<size_t>(digits / 2 - 4));
      EXPECT_EQ(to_json(r), object);
    }
  json bad = to_json(request(Direction::kOut, 0x1001, 1));
  bad["aead"]["name"] = "rfc4309(ccm(aes))";
  EXPECT_NE(refusal([&] { control::sa_request_from_json(bad); }).find("rfc4543(gcm(aes))"), std::string::npos);
}

TEST_F(Control, JsonRoundTripsAh) {
  cli::Words words(cli::split_words("src 192.0.2.1 dst 198.51.100.1 proto ah spi 0x1001 aead 'rfc4543(gcm(aes))' 0x" +
                                    std::string(40, 'a') + " 128 flag esn"));
  const json object = to_json(cli::parse_state(words));
  EXPECT_EQ(object["proto"], "ah");
  EXPECT_EQ(control::sa_request_from_json(object).sa.proto, kProtoAh);
  EXPECT_EQ(to_json(control::sa_request_from_json(object)), object);
  cli::Words with_hmac(
      cli::split_words("src 192.0.2.1 dst 198.51.100.1 proto ah spi 0x1001 auth-trunc 'hmac(sha256)' 0x" +
                       std::string(64, 'a') + " 128"));
  json ah = to_json(cli::parse_state(with_hmac));
  EXPECT_FALSE(ah.contains("enc"));
  EXPECT_EQ(to_json(control::sa_request_from_json(ah)), ah);
  ah["enc"] = {{"name", "cbc(aes)"}, {"key", "0x" + std::string(32, 'a')}};
  EXPECT_NE(refusal([&] { control::sa_request_from_json(ah); }).find("AH does not encrypt"), std::string::npos);
  ah.erase("enc");
  ah["proto"] = "esp";
  EXPECT_NE(refusal([&] { control::sa_request_from_json(ah); }).find("sa.enc is missing"), std::string::npos);
}

TEST_F(Control, TheProtocolIsPartOfAName) {
  controller.add_sa(request(Direction::kIn, 0x1001, 1));
  control::SaName named = name(0x1001);
  named.proto = kProtoAh;
  const control::SaName sent = control::sa_name_from_json(to_json(named));
  EXPECT_EQ(sent.proto, kProtoAh);
  EXPECT_NE(refusal([&] { controller.delete_sa(sent); }).find("no SA"), std::string::npos);
  named.proto = kProtoEsp;
  controller.delete_sa(control::sa_name_from_json(to_json(named)));
  EXPECT_TRUE(controller.sas().empty());
  EXPECT_FALSE(control::sa_name_from_json(to_json(name(0x1001))).proto);
}

TEST_F(Control, JsonRoundTripsWhatTheWordsSay) {
  cli::Words words(cli::split_words(
      "src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 reqid 9 mode tunnel tos 8 ttl 9 replay-window 0 "
      "aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3 128 "
      "sel src 10.0.0.0/8 dst 0.0.0.0/0 proto icmp dir in replay-seq 77"));
  const json object = to_json(cli::parse_state(words));
  EXPECT_EQ(to_json(control::sa_request_from_json(object)), object);
}

TEST_F(Control, JsonRoundTripsExtendedNumbersAndLimits) {
  cli::Words words(cli::split_words(
      "src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 mode tunnel replay-window 4096 flag esn "
      "aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3 128 "
      "dir in replay-seq 77 replay-seq-hi 0x80000000 limit byte-soft 18446744073709551614 limit packet-hard 12"));
  const json object = to_json(cli::parse_state(words));
  EXPECT_EQ(object["esn"], true);
  EXPECT_EQ(object["replay_window"], 4096);
  EXPECT_EQ(object["seq"], (uint64_t{0x80000000} << 32) + 77);
  EXPECT_EQ(object["seq_limit"], ~uint64_t{0});
  EXPECT_EQ(object["limits"], (json{{"soft_bytes", 18446744073709551614u}, {"hard_packets", 12}}));
  EXPECT_EQ(to_json(control::sa_request_from_json(object)), object);
  for (const auto& [name, value] : {std::pair<const char*, json>{"esn", 1},
                                    {"replay_window", 4097},
                                    {"limits", json{{"soft_bytes", 0}}},
                                    {"limits", json{{"soft_hours", 1}}}}) {
    json bad = object;
    bad[name] = value;
    EXPECT_THROW(control::sa_request_from_json(bad), Error) << bad[name];
  }
}

}  // namespace
}  // namespace xesp::test
