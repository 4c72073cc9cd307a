// SPDX-License-Identifier: Apache-2.0
//
// xesp state add | delete | list | flush | count | restore
#include <fmt/core.h>

#include <memory>

#include "commands/commands.h"
#include "control/client.h"
#include "words/state_words.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

constexpr const char* kAddHelp = R"(Words, in any order, as of `ip xfrm state add`:
  src A dst B proto esp|ah spi N   addresses and SPI. AH authenticates the IP header too
  aead 'rfc4106(gcm(aes))' KEY 128 AES-GCM. KEY: 0x and 40, 56 or 72 hex digits (a key of 128, 192 or 256 bits, then
                                   the salt), @FILE of mode 0600, or - for standard input; the ICV has 128, 96 or 64 bits
  aead 'rfc4543(gcm(aes))' KEY 128 AES-GMAC: authenticated, not encrypted; the ICV has 128 bits. For ESP or AH
  aead 'rfc7539esp(chacha20,poly1305)' KEY 128, or enc 'cbc(aes)' KEY auth-trunc 'hmac(sha256)' KEY 128
                                   for peers without AES-GCM, in software; sha384 with 192 and sha512 with 256 bits,
                                   enc 'ecb(cipher_null)' '' for no encryption. AH has auth-trunc alone; a Linux
                                   peer of it over IPv4 needs 'flag align4', which xesp has always
  mode tunnel|transport            transport if not given
  dir in|out                       may be left out if a policy with this template is there
  reqid N                          joins SA and policy
  replay-window N                  packets, 128 if not given, up to 4096; 0 turns the check off
  replay-seq N, replay-oseq N      start after this number (inbound, outbound); replay-seq-hi, replay-oseq-hi: its
                                   high half
  limit byte-soft|byte-hard|packet-soft|packet-hard|time-soft|time-hard N
                                   (time in seconds from now) a soft one is told in the daemon's log, a hard one ends the
                                   SA; several may be given
  sel src P dst P [proto N]        what inner packets must match
  tos N, ttl N                     of a tunnel's outer header; without tos the inner DSCP is copied
  df set|copy|clear                of a tunnel's outer header: set, if not given
  encap espinudp SPORT DPORT ADDR  ESP in UDP (RFC 3948), 4500 4500 0.0.0.0 as a rule
  tfcpad N                         outbound tunnel: shorter packets are padded to N bytes (RFC 4303 2.7)
  flag esn                         sequence numbers of 64 bits
  flag implicit-iv                 the IV is the sequence number and not sent (RFC 8750)
  offload auto|off|require         the card, and software where the card is lost or does not take it; software; the card or
                                   nothing
  flag noecn decap-dscp nopmtudisc ECN neither copied outside nor brought back; the outer DSCP inside; as df clear
Example:
  xesp state add src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 reqid 1 mode tunnel dir out \
       aead 'rfc4106(gcm(aes))' @/etc/xesp/out.key 128)";

constexpr const char* kDeleteHelp = R"(Example:
  xesp state delete dst 198.51.100.1 proto esp spi 0x1001)";

void print_selector(const json& sel) {
  fmt::print("\tsel src {} dst {}", sel["src"].get<std::string>(), sel["dst"].get<std::string>());
  if (sel["proto"] != 0) fmt::print(" proto {}", sel["proto"].get<unsigned>());
  fmt::print("\n");
}

void print_limits(const json& limits) {
  for (const control::LimitName& name : control::kLimitNames)
    if (limits.contains(name.json)) fmt::print("\tlimit {} {}\n", name.word, limits[name.json].get<uint64_t>());
}

void print_suite(const json& sa) {
  for (const char* part : {"aead", "enc", "auth"}) {
    if (!sa.contains(part)) continue;
    const json& suite = sa[part];
    const std::string name = suite["name"].get<std::string>();
    fmt::print("\t{} {} {}", std::string(part) == "auth" ? "auth-trunc" : part, name,
               suite.value("key", name == control::kNullName ? "" : "(hidden)"));
    if (suite.contains("icv_bits")) fmt::print(" {}", suite["icv_bits"].get<unsigned>());
    fmt::print("\n");
  }
}

void print_larval(const json& sa) {
  fmt::print("src {} dst {}\n\tproto {} spi {:#010x} larval: reserved by a key exchange, no SA yet\n",
             sa["src"].get<std::string>(), sa["dst"].get<std::string>(), sa["proto"].get<std::string>(),
             sa["spi"].get<uint32_t>());
}

void print_sa(const json& sa) {
  if (sa.contains("larval")) return print_larval(sa);
  fmt::print("src {} dst {}\n", sa["src"].get<std::string>(), sa["dst"].get<std::string>());
  fmt::print("\tproto {} spi {:#010x} reqid {} mode {} dir {}\n", sa["proto"].get<std::string>(),
             sa["spi"].get<uint32_t>(), sa["reqid"].get<uint32_t>(), sa["mode"].get<std::string>(),
             sa["dir"].get<std::string>());
  fmt::print("\treplay-window {}{}\n", sa["replay_window"].get<unsigned>(), sa.value("esn", false) ? " flag esn" : "");
  if (sa.contains("encap"))
    fmt::print("\tencap espinudp {} {} 0.0.0.0\n", sa["encap"]["src_port"].get<unsigned>(),
               sa["encap"]["dst_port"].get<unsigned>());
  if (sa.contains("implicit_iv")) fmt::print("\tflag implicit-iv\n");
  if (sa.contains("tfc_pad")) fmt::print("\ttfcpad {}\n", sa["tfc_pad"].get<unsigned>());
  print_suite(sa);
  fmt::print("\toffload {}: {}\n", sa["offload"].get<std::string>(),
             sa["on_card"] ? "on the card" : "in software, " + sa["not_on_card_because"].get<std::string>());
  if (sa.contains("largest")) fmt::print("\tpackets up to {} bytes\n", sa["largest"].get<unsigned>());
  if (sa.contains("sel")) print_selector(sa["sel"]);
  if (sa.contains("limits")) print_limits(sa["limits"]);
  fmt::print("\tseq {} packets {} bytes {}", sa["seq"].get<uint64_t>(), sa["packets"].get<uint64_t>(),
             sa["bytes"].get<uint64_t>());
  const std::string reached = sa.value("limit_reached", "");
  fmt::print("{}{}\n", reached.empty() ? "" : ", limit reached: ", reached);
}

int list(control::Client& daemon, const Common& common, bool show_keys) {
  json rows = daemon.call("state.list", {{"show_keys", show_keys}, {"larval", true}});
  if (common.json)
    fmt::print("{}\n", rows.dump(2));
  else
    for (const json& sa : rows) print_sa(sa);
  control::wipe_strings(rows);
  return 0;
}

int flush(control::Client& daemon, const Common& common, const std::string& direction) {
  json arguments = json::object();
  if (!direction.empty()) arguments["dir"] = direction;
  const json result = daemon.call("state.flush", std::move(arguments));
  if (common.json) fmt::print("{}\n", result.dump(2));
  return 0;
}

}  // namespace

int add_state(control::Client& daemon, const Common& common, std::vector<std::string>&& given) {
  Words words(std::move(given));
  const json result = daemon.call("state.add", {{"sa", to_json(parse_state(words))}});
  if (common.json) fmt::print("{}\n", result.dump(2));
  return 0;
}

int delete_state(control::Client& daemon, const Common&, std::vector<std::string>&& given) {
  Words words(std::move(given));
  daemon.call("state.delete", {{"sa", to_json(parse_state_name(words))}});
  return 0;
}

int list_states(control::Client& daemon, const Common& common, std::vector<std::string>&& words) {
  refuse_words(words);
  return list(daemon, common, false);
}

int flush_states(control::Client& daemon, const Common& common, std::vector<std::string>&& words) {
  refuse_words(words);
  return flush(daemon, common, {});
}

int count_states(control::Client& daemon, const Common& common, std::vector<std::string>&& words) {
  refuse_words(words);
  const json count = daemon.call("count")["state"];
  if (common.json)
    fmt::print("{}\n", count.dump(2));
  else
    fmt::print("SAD count {} OUT {} IN {}\n", count["total"].get<size_t>(), count["out"].get<size_t>(),
               count["in"].get<size_t>());
  return 0;
}

void add_state_commands(CLI::App& app, Common& common, Action& action) {
  CLI::App* state = app.add_subcommand("state", "security associations (SAs), in the words of 'ip xfrm state'");
  state->require_subcommand(1);
  auto words = std::make_shared<std::vector<std::string>>();

  CLI::App* adding = state->add_subcommand("add", "install an SA");
  adding->add_option("WORD", *words, "see below")->required();
  adding->footer(kAddHelp);
  adding->callback([&common, &action, words] {
    action = [&common, words] {
      control::Client daemon(common.socket);
      return add_state(daemon, common, std::move(*words));
    };
  });

  CLI::App* deleting = state->add_subcommand("delete", "remove an SA")->alias("del");
  deleting->add_option("WORD", *words, "[src A] dst B [proto esp|ah] spi N [dir in|out]")->required();
  deleting->footer(kDeleteHelp);
  deleting->callback([&common, &action, words] {
    action = [&common, words] {
      control::Client daemon(common.socket);
      return delete_state(daemon, common, std::move(*words));
    };
  });

  CLI::App* listing = state->add_subcommand("list", "show SAs with their counters; keys stay hidden")->alias("show");
  listing->footer("Examples:\n  xesp state list\n  xesp -j state list | jq '.[].spi'");
  auto show_keys = std::make_shared<bool>(false);
  listing->add_flag("--show-keys", *show_keys, "show keys too (root only)");
  listing->callback([&common, &action, show_keys] {
    action = [&common, show_keys] {
      control::Client daemon(common.socket);
      return list(daemon, common, *show_keys);
    };
  });

  CLI::App* flushing = state->add_subcommand("flush", "remove all SAs; traffic of protect policies then drops");
  flushing->footer("Example:\n  xesp state flush --dir in");
  auto direction = std::make_shared<std::string>();
  flushing->add_option("--dir", *direction, "of this direction only")->check(CLI::IsMember({"in", "out"}));
  flushing->callback([&common, &action, direction] {
    action = [&common, direction] {
      control::Client daemon(common.socket);
      return flush(daemon, common, *direction);
    };
  });

  CLI::App* counting = state->add_subcommand("count", "how many SAs there are, in all and by direction");
  counting->footer("Example:\n  xesp state count");
  counting->callback([&common, &action] {
    action = [&common] {
      control::Client daemon(common.socket);
      return count_states(daemon, common, {});
    };
  });
  add_restore_command(*state, common, action);
}

}  // namespace xesp::cli
