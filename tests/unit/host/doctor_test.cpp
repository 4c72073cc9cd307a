// SPDX-License-Identifier: Apache-2.0
// The doctor's findings, from JSON and text made by hand.
#include <gtest/gtest.h>

#include "doctor/daemon_checks.h"
#include "doctor/host_checks.h"
#include "doctor/tool.h"

namespace xesp::cli::doctor {
namespace {

using nlohmann::json;

// "error sa: text" of each finding, one a line.
std::string text_of(const Findings& findings) {
  std::string text;
  for (const Finding& f : findings) {
    text += std::string(severity_name(f.severity)) + " " + f.check + ": " + f.text + " | " + f.fix + "\n";
    EXPECT_TRUE(!f.fix.empty() || f.severity < Severity::kWarning) << "no fix: " << f.text;
  }
  return text;
}

testing::AssertionResult holds(const Findings& findings, const std::string& part) {
  const std::string text = text_of(findings);
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << part << " is not in:\n" << text;
}

json sa(const char* dir, uint64_t packets) {
  const bool out = std::string(dir) == "out";
  return {{"dir", dir},
          {"src", out ? "192.0.2.1" : "198.51.100.1"},
          {"dst", out ? "198.51.100.1" : "192.0.2.1"},
          {"spi", 0x1001},
          {"mode", "tunnel"},
          {"reqid", 1},
          {"index", 0},
          {"generation", 1},
          {"packets", packets},
          {"offload", "auto"},
          {"on_card", true},
          {"aead", {{"icv_bits", 128}}}};
}

TEST(Doctor, CardThatIsLostOrFull) {
  json caps = {{"engine", "e"},
               {"card", nullptr},
               {"sas", {{"out_on_card", 4000}, {"in_on_card", 0}}},
               {"sas_a_direction", {{"card", 4096}}}};
  EXPECT_TRUE(holds(check_card(caps), "note card: xespd runs without a card"));
  caps["card"] = {{"present", false}, {"reason", "gone"}, {"losses", 1}};
  EXPECT_TRUE(holds(check_card(caps), "error card: the card is lost: gone"));
  EXPECT_TRUE(holds(check_card(caps), "4000 of the card's 4096 SAs dir out"));
  caps["card"] = {{"present", true}, {"reason", ""}, {"losses", 2}};
  EXPECT_TRUE(holds(check_card(caps), "warning card: the card was lost 2 times"));
}

TEST(Doctor, PoliciesWithoutAnSa) {
  json policy = {{"dir", "out"},
                 {"sel", {{"src", "10.1.0.0/24"}, {"dst", "10.2.0.0/24"}}},
                 {"action", "protect"},
                 {"spi", nullptr},
                 {"tmpl", {{"src", "192.0.2.1"}, {"dst", "198.51.100.1"}, {"mode", "tunnel"}, {"reqid", 1}}}};
  EXPECT_TRUE(holds(check_policies(json::array({policy}), json::array()), "error policy: policy dir out 10.1.0.0/24"));
  policy["spi"] = 0x1001;
  EXPECT_TRUE(check_policies(json::array({policy}), json::array()).empty());
  policy["dir"] = "in";
  policy["tmpl"]["src"] = "198.51.100.1";
  policy["tmpl"]["dst"] = "192.0.2.1";
  EXPECT_TRUE(check_policies(json::array({policy}), json::array({sa("in", 0)})).empty());
  policy["tmpl"]["reqid"] = 2;
  EXPECT_TRUE(holds(check_policies(json::array({policy}), json::array({sa("in", 0)})), "has no live SA"));
  EXPECT_TRUE(holds(check_policies(json::array(), json::array()), "there is no policy"));
}

TEST(Doctor, WhatAKeyExchangeCouldNotDo) {
  json notice = {{"peer", "192.0.2.9"},    {"kind", "k"}, {"text", "the secrets differ"},
                 {"fix", "give both one"}, {"count", 3},  {"seconds_ago", 7}};
  const Findings found = check_notices(json::array({notice}));
  EXPECT_TRUE(holds(found, "error ike: 192.0.2.9, the secrets differ, 7 s ago, 3 times"));
  EXPECT_EQ(found[0].fix, "give both one");
  EXPECT_TRUE(check_notices(json::array()).empty());
}

TEST(Doctor, SasThatMoveOrDoNot) {
  EXPECT_TRUE(holds(check_sas(json::array({sa("out", 5)}), json::array({sa("out", 8)}), true), "moves: 3 packets"));
  EXPECT_TRUE(holds(check_sas(json::array({sa("out", 5)}), json::array({sa("out", 5)}), true), "idle, after 5"));
  EXPECT_TRUE(holds(check_sas(json::array(), json::array({sa("in", 0)}), true), "note sa: SA dir in 198.51.100.1"));
  EXPECT_TRUE(holds(check_sas(json::array(), json::array({sa("out", 5), sa("in", 0)}), true),
                    "warning sa: SA dir in 198.51.100.1 -> 192.0.2.1 spi 0x00001001 has received nothing"));
  json soft = sa("out", 1);
  soft["on_card"] = false;
  soft["not_on_card_because"] = "the card is lost";
  EXPECT_TRUE(
      holds(check_sas(json::array(), json::array({soft}), true),
            "warning sa: SA dir out 192.0.2.1 -> 198.51.100.1 spi 0x00001001 goes through software: the card is lost"));
  EXPECT_EQ(exit_code(check_sas(json::array(), json::array({soft}), false)), 0) << "no card was asked for";
  soft["offload"] = "require";
  soft["limit_reached"] = "hard";
  EXPECT_TRUE(holds(check_sas(json::array(), json::array({soft}), true), "its packets drop: the card is lost"));
  EXPECT_TRUE(holds(check_sas(json::array(), json::array({soft}), true), "reached a hard limit"));
}

TEST(Doctor, DropsThatRiseAndThoseOfOld) {
  const auto stats = [](uint64_t icv, uint64_t late, uint64_t no_sa) {
    return json{{"out", {{"by_reason", {{"ok", 7}}}}},
                {"in", {{"by_reason", {{"ok", 7}, {"icv_failed", icv}, {"replay_old", late}}}}},
                {"dataplane",
                 {{"steering", {{"protect", 3}, {"drop_no_sa_out", no_sa}}},
                  {"out", {{"engine", {{"icv_failed", 3}}}}},
                  {"in", json::object()}}}};
  };
  const Findings found = check_drops(stats(2, 4, 0), stats(5, 4, 0));
  EXPECT_TRUE(holds(found, "error drops: in.icv_failed is 5 and rises, by 3 a second: keys or salts"));
  EXPECT_TRUE(holds(found, "note drops: in.replay_old is 4, and does not rise"));
  EXPECT_TRUE(holds(found, "larger replay-window"));
  EXPECT_EQ(found.size(), 2u);
  EXPECT_TRUE(
      holds(check_drops(stats(0, 0, 0), stats(0, 0, 9)), "error drops: steering.drop_no_sa_out is 9 and rises"));
  EXPECT_TRUE(check_drops(stats(0, 0, 0), stats(0, 0, 0)).empty());
}

TEST(Doctor, ARemovedTunDevice) {
  EXPECT_TRUE(check_tun({{"dataplane", nullptr}}).empty());
  EXPECT_TRUE(check_tun({{"dataplane", {{"tun", nullptr}}}}).empty());
  EXPECT_TRUE(check_tun({{"dataplane", {{"tun", {{"name", "xesp0"}, {"gone", false}}}}}}).empty());
  const Findings found = check_tun({{"dataplane", {{"tun", {{"name", "xesp0"}, {"gone", true}}}}}});
  EXPECT_TRUE(holds(found, "xesp0 was removed"));
}

TEST(Doctor, Xdp) {
  EXPECT_TRUE(holds(check_xdp({{"dataplane", nullptr}}), "no interfaces"));
  const json stats = {{"dataplane",
                       {{"inside", {{"interface", "a"}, {"xdp", "native"}}},
                        {"outside", {{"interface", "b"}, {"xdp", "generic"}, {"not_native", "driver"}}}}}};
  const Findings found = check_xdp(stats);
  EXPECT_TRUE(holds(found, "warning xdp: b has generic XDP, which is slow: driver"));
  EXPECT_EQ(found.size(), 1u);
}

json nft_rule(const json& left, const json& right, const char* verdict) {
  return {{"nftables",
           {{{"metainfo", {{"version", "1"}}}},
            {{"rule",
              {{"family", "inet"},
               {"table", "filter"},
               {"chain", "input"},
               {"expr", {{{"match", {{"op", "=="}, {"left", left}, {"right", right}}}}, {{verdict, nullptr}}}}}}}}}};
}

TEST(Doctor, FirewallOfNft) {
  const json port = {{"payload", {{"protocol", "udp"}, {"field", "dport"}}}};
  EXPECT_TRUE(holds(check_nft(nft_rule(port, 500, "drop")),
                    "warning firewall: nft table inet filter chain input drops UDP 500"));
  EXPECT_TRUE(holds(check_nft(nft_rule(port, {{"set", {53, 4500}}}, "reject")), "drops UDP 500 or 4500"));
  EXPECT_TRUE(holds(check_nft(nft_rule(port, {{"range", {400, 600}}}, "drop")), "drops UDP 500 or 4500"));
  EXPECT_TRUE(check_nft(nft_rule(port, 53, "drop")).empty());
  EXPECT_TRUE(check_nft(nft_rule(port, 500, "accept")).empty());
  EXPECT_TRUE(holds(check_nft(nft_rule({{"meta", {{"key", "l4proto"}}}}, "esp", "drop")), "note firewall"));
  EXPECT_TRUE(holds(check_nft(nft_rule({{"payload", {{"protocol", "ip"}, {"field", "protocol"}}}}, 51, "drop")),
                    "drops ESP or AH"));
  EXPECT_TRUE(check_nft(json()).empty());
}

TEST(Doctor, FirewallOfIptables) {
  const std::string text =
      "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 500 -j DROP\n-A INPUT -p udp -m udp --dport 53 -j "
      "DROP\n"
      "-A INPUT -p udp -m multiport --dports 53,4000:5000 -j REJECT --reject-with icmp-port-unreachable\n-A FORWARD -p "
      "esp -j DROP\n"
      "-A INPUT ! -p esp -j DROP\nCOMMIT\n";
  const Findings found = check_iptables(text);
  EXPECT_EQ(found.size(), 2u) << text_of(found);
  EXPECT_TRUE(holds(found, "iptables chain INPUT drops UDP 500"));
  EXPECT_TRUE(holds(found, "iptables chain FORWARD drops ESP"));
}

TEST(Doctor, RoutesAndNeighbours) {
  const json neighbours = {{{"dst", "192.0.2.254"}, {"dev", "eth1"}, {"state", {"FAILED"}}}};
  EXPECT_TRUE(holds(check_route("198.51.100.1", json(), neighbours, "eth1"), "no route"));
  EXPECT_TRUE(holds(check_route("198.51.100.1", {{{"type", "local"}, {"dev", "lo"}}}, neighbours, "eth1"),
                    "address of this host"));
  EXPECT_TRUE(holds(check_route("198.51.100.1", {{{"dst", "198.51.100.1"}, {"dev", "eth0"}}}, neighbours, "eth1"),
                    "leads out of eth0"));
  EXPECT_TRUE(holds(check_route("198.51.100.1", {{{"gateway", "192.0.2.254"}, {"dev", "eth1"}}}, neighbours, "eth1"),
                    "does not answer on eth1 (FAILED)"));
  EXPECT_TRUE(check_route("198.51.100.1", {{{"gateway", "192.0.2.253"}, {"dev", "eth1"}}}, neighbours, "eth1").empty());
}

TEST(Doctor, MtuKernelMemlockAndClock) {
  json wide = sa("out", 0), narrow = sa("out", 0);
  wide["largest"] = 1458;
  narrow["largest"] = 1446;
  EXPECT_TRUE(holds(check_mtu(1500, 1500, {wide, narrow, sa("out", 0)}), "has room for 1446"));
  EXPECT_TRUE(check_mtu(1446, 1500, {wide, narrow}).empty());
  EXPECT_TRUE(check_mtu(1500, 1500, json::array({sa("out", 0)})).empty()) << "an SA that xespd knows no length of";
  EXPECT_TRUE(check_mtu(1500, 1500, json::array({sa("in", 0)})).empty());
  const std::string kernel =
      "src 192.0.2.1 dst 198.51.100.1\n\tproto esp spi 0x1 reqid 0 mode tunnel\nsrc 1.1.1.1 dst 2.2.2.2\n\tproto esp\n";
  EXPECT_TRUE(holds(check_kernel_states(kernel, json::array({sa("out", 0)})),
                    "warning kernel: the kernel has an SA 192.0.2.1 -> 198.51.100.1"));
  EXPECT_TRUE(holds(check_kernel_states(kernel, json::array()), "2 SAs of its own"));
  EXPECT_TRUE(check_kernel_states("", json::array({sa("out", 0)})).empty());
  EXPECT_TRUE(holds(check_memlock("Max locked memory         8388608              8388608              bytes\n"),
                    "may lock 8388608 bytes"));
  EXPECT_TRUE(check_memlock("Max locked memory         unlimited            unlimited            bytes\n").empty());
  EXPECT_TRUE(holds(check_clock(1000, true), "years behind"));
  EXPECT_TRUE(holds(check_clock(1900000000, false), "not kept in step"));
  EXPECT_TRUE(check_clock(1900000000, true).empty());
}

TEST(Doctor, ToolsThatAreMissingOrFail) {
  EXPECT_FALSE(output_of({"xesp-no-such-tool"}));
  EXPECT_FALSE(output_of({"false"}));
  EXPECT_EQ(output_of({"echo", "a b"}), "a b\n");
}

TEST(Doctor, ExitCodes) {
  EXPECT_EQ(exit_code({}), 0);
  EXPECT_EQ(exit_code({{Severity::kSkipped, "", "", ""}, {Severity::kNote, "", "", ""}}), 0);
  EXPECT_EQ(exit_code({{Severity::kWarning, "", "", ""}, {Severity::kNote, "", "", ""}}), 1);
  EXPECT_EQ(exit_code({{Severity::kError, "", "", ""}, {Severity::kWarning, "", "", ""}}), 2);
}

}  // namespace
}  // namespace xesp::cli::doctor
