// SPDX-License-Identifier: Apache-2.0
//
// xesp policy add | delete | list | flush | count | restore, xesp where
#include <fmt/core.h>

#include <memory>

#include "commands/commands.h"
#include "control/client.h"
#include "control/policy_json.h"
#include "words/policy_words.h"
#include "words/state_words.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

constexpr const char* kAddHelp = R"(Words, in any order, as of `ip xfrm policy add`:
  src P dst P [proto N]            prefixes, and the protocol if only one
  sport N, dport N                 with proto tcp, udp or sctp, if only one port. Fragments that carry no ports count
                                   as of that port where the policy protects or blocks, as of none where it allows
  dir in|out                       'in' covers forwarded packets too
  tmpl src A dst B proto esp|ah [reqid N] mode tunnel|transport
                                   protect by such an SA; without a live one the packets drop
  action allow                     without tmpl: pass in clear
  action block                     drop
Examples:
  xesp policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir out \
       tmpl src 192.0.2.1 dst 198.51.100.1 proto esp reqid 1 mode tunnel
  xesp policy add src 10.1.0.5 dst 0.0.0.0/0 dir out action block)";

void print_policy(const json& p) {
  fmt::print("src {} dst {}", p["sel"]["src"].get<std::string>(), p["sel"]["dst"].get<std::string>());
  if (p["sel"]["proto"] != 0) fmt::print(" proto {}", p["sel"]["proto"].get<unsigned>());
  for (const char* port : {"sport", "dport"})
    if (p["sel"].contains(port)) fmt::print(" {} {}", port, p["sel"][port].get<unsigned>());
  fmt::print("\n\tdir {} action {}", p["dir"].get<std::string>(), p["action"].get<std::string>());
  if (p.contains("spi")) {
    if (p["spi"].is_null())
      fmt::print(" (no SA: packets drop)");
    else
      fmt::print(" by spi {:#010x}", p["spi"].get<uint32_t>());
  }
  fmt::print("\n");
  if (!p.contains("tmpl")) return;
  const json& t = p["tmpl"];
  fmt::print("\ttmpl src {} dst {}\n\t\tproto {} reqid {} mode {}\n", t["src"].get<std::string>(),
             t["dst"].get<std::string>(), t["proto"].get<std::string>(), t["reqid"].get<uint32_t>(),
             t["mode"].get<std::string>());
}

int send(control::Client& daemon, const Common& common, const char* what, json arguments) {
  const json result = daemon.call(what, std::move(arguments));
  if (common.json) fmt::print("{}\n", result.dump(2));
  return 0;
}

}  // namespace

int add_policy(control::Client& daemon, const Common& common, std::vector<std::string>&& given) {
  Words words(std::move(given));
  return send(daemon, common, "policy.add", {{"policy", control::to_json(parse_policy(words))}});
}

int delete_policy(control::Client& daemon, const Common& common, std::vector<std::string>&& given) {
  Words words(std::move(given));
  json policy = control::to_json(parse_policy_name(words));
  return send(daemon, common, "policy.delete", {{"policy", {{"dir", policy["dir"]}, {"sel", policy["sel"]}}}});
}

int list_policies(control::Client& daemon, const Common& common, std::vector<std::string>&& words) {
  refuse_words(words);
  const json rows = daemon.call("policy.list");
  if (common.json)
    fmt::print("{}\n", rows.dump(2));
  else
    for (const json& row : rows) print_policy(row);
  return 0;
}

int flush_policies(control::Client& daemon, const Common& common, std::vector<std::string>&& words) {
  refuse_words(words);
  return send(daemon, common, "policy.flush", json::object());
}

int count_policies(control::Client& daemon, const Common& common, std::vector<std::string>&& words) {
  refuse_words(words);
  const json count = daemon.call("count")["policy"];
  if (common.json)
    fmt::print("{}\n", count.dump(2));
  else
    fmt::print("SPD count {} OUT {} IN {}\n", count["total"].get<size_t>(), count["out"].get<size_t>(),
               count["in"].get<size_t>());
  return 0;
}

namespace {

int where(const Common& common, std::vector<std::string> given, bool inbound) {
  Words words(std::move(given));
  json packet = {{"src", parse_address(words, "SRC").str()}, {"dst", parse_address(words, "DST").str()}};
  if (!words.end()) packet["proto"] = parse_protocol(words);
  for (const char* port : {"sport", "dport"})
    if (!words.end()) packet[port] = words.number(port, 0, 65535);
  if (!words.end()) {
    (void)words.next("");
    words.refuse("one word too many: SRC DST [PROTO [SPORT DPORT]]");
  }
  const json fate = control::Client(common.socket).call("where", {{"dir", inbound ? "in" : "out"}, {"packet", packet}});
  if (common.json) {
    fmt::print("{}\n", fate.dump(2));
    return 0;
  }
  fmt::print("{}: {}\n", fate["to"].get<std::string>(), fate["why"].get<std::string>());
  if (fate.contains("note")) fmt::print("note: {}\n", fate["note"].get<std::string>());
  if (fate.contains("sa"))
    fmt::print("SA: dst {} spi {:#010x}\n", fate["sa"]["dst"].get<std::string>(), fate["sa"]["spi"].get<uint32_t>());
  if (fate.contains("policy")) {
    fmt::print("policy: ");
    print_policy(fate["policy"]);
  }
  return 0;
}

}  // namespace

void add_where_command(CLI::App& app, Common& common, Action& action) {
  CLI::App* command = app.add_subcommand("where", "what would become of a packet, and why");
  auto words = std::make_shared<std::vector<std::string>>();
  auto inbound = std::make_shared<bool>(false);
  command->add_option("WORD", *words, "SRC DST [PROTO [SPORT DPORT]]; without ports it counts as a later fragment")
      ->required();
  command->add_flag("--in", *inbound, "one that arrives on the outside interface, in clear");
  command->footer("Example:\n  xesp where 10.1.0.5 10.2.0.5 tcp 40000 443");
  command->callback([&common, &action, words, inbound] {
    action = [&common, words, inbound] { return where(common, *words, *inbound); };
  });
}

void add_policy_commands(CLI::App& app, Common& common, Action& action) {
  CLI::App* policy = app.add_subcommand("policy", "what to protect, pass and drop, in the words of 'ip xfrm policy'");
  policy->require_subcommand(1);
  auto words = std::make_shared<std::vector<std::string>>();
  const auto runs = [&common, &action, words](CLI::App* command, Verb verb) {
    command->callback([&common, &action, words, verb] {
      action = [&common, words, verb] {
        control::Client daemon(common.socket);
        return verb(daemon, common, std::move(*words));
      };
    });
  };

  CLI::App* adding = policy->add_subcommand("add", "add a policy");
  adding->add_option("WORD", *words, "see below")->required();
  adding->footer(kAddHelp);
  runs(adding, add_policy);

  CLI::App* deleting = policy->add_subcommand("delete", "remove a policy; its traffic is then nobody's")->alias("del");
  deleting->add_option("WORD", *words, "src P dst P [proto N [sport N] [dport N]] dir in|out")->required();
  deleting->footer("Example:\n  xesp policy delete src 10.1.0.0/24 dst 10.2.0.0/24 dir out");
  runs(deleting, delete_policy);

  CLI::App* listing = policy->add_subcommand("list", "show policies and the SA that each uses")->alias("show");
  listing->footer("Example:\n  xesp -j policy list");
  runs(listing, list_policies);

  CLI::App* flushing = policy->add_subcommand("flush", "remove all policies");
  flushing->footer("Example:\n  xesp policy flush");
  runs(flushing, flush_policies);

  CLI::App* counting = policy->add_subcommand("count", "how many policies there are, in all and by direction");
  counting->footer("Example:\n  xesp policy count");
  runs(counting, count_policies);
  add_restore_command(*policy, common, action);
}

}  // namespace xesp::cli
