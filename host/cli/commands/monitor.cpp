// SPDX-License-Identifier: Apache-2.0
//
// xesp monitor, xesp count, xesp caps
#include <fmt/core.h>

#include <cstdio>
#include <memory>

#include "commands/commands.h"
#include "control/caps.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

constexpr const char* kMonitorHelp =
    R"(One line for each: SAs and policies added, deleted, flushed; limits of an SA reached; the card lost and back. With -j a
JSON object a line. A reader that is too slow is told how many events it has lost. Ends with xespd (exit code 74), or after
--count events.
Examples:
  xesp monitor
  xesp -j monitor | jq 'select(.event == "limit")')";

constexpr const char* kCapsHelp = R"(From xespd; without one, what this build knows.
Examples:
  xesp caps
  xesp -j caps | jq .sas)";

std::string sa_text(const json& sa) {
  if (!sa.is_object()) return "";
  return fmt::format("dir {} src {} dst {} proto {} spi {:#010x}", sa.value("dir", "?"), sa.value("src", "?"),
                     sa.value("dst", "?"), sa.value("proto", "?"), sa.value("spi", 0u));
}

std::string event_text(const json& e) {
  std::string what = e["event"];
  if (what == "limit")
    return fmt::format(
        "{} limit reached: {}, {}", e.value("limit", "?"),
        e.contains("sa") ? sa_text(e["sa"])
                         : fmt::format("dir {} index {}, an SA that is gone", e.value("dir", "?"), e.value("index", 0)),
        e.contains("of") ? "its time has come" : fmt::format("at number {}", e.value("seq", uint64_t{0})));
  if (what == "card")
    return e.value("present", false) ? "the card is back" : "the card is lost: " + e.value("reason", "?");
  if (what == "notice")
    return fmt::format("{}: {}; {}", e.value("peer", "?"), e.value("text", "?"), e.value("fix", "?"));
  if (what == "lost") return fmt::format("{} events were lost: this reader is too slow", e.value("count", 0));
  if (what.ends_with(".flush"))
    return fmt::format("{}: {} deleted{}", what, e.value("deleted", 0),
                       e.contains("dir") ? " of dir " + e.value("dir", "") : "");
  if (e.contains("sa")) return what + ": " + sa_text(e["sa"]);
  if (e.contains("policy")) {
    const json& p = e["policy"];
    return fmt::format("{}: dir {} src {} dst {}{}", what, p.value("dir", "?"), p["sel"].value("src", "?"),
                       p["sel"].value("dst", "?"), p.contains("action") ? " action " + p.value("action", "") : "");
  }
  return what;
}

int monitor(const Common& common, size_t count) {
  control::Client daemon(common.socket);
  daemon.call("monitor");
  for (size_t seen = 0; count == 0 || seen < count; ++seen) {
    const json event = daemon.next_event();
    if (common.json)
      fmt::print("{}\n", event.dump());
    else
      fmt::print("{} {}\n", event.value("time", ""), event_text(event));
    if (std::fflush(stdout) != 0) return 0;  // the reader is gone
  }
  return 0;
}

int count(const Common& common) {
  control::Client daemon(common.socket);
  if (common.json) {
    fmt::print("{}\n", daemon.call("count").dump(2));
    return 0;
  }
  count_states(daemon, common, {});
  return count_policies(daemon, common, {});
}

std::string joined(const json& list) {
  std::string text;
  for (const json& item : list)
    text += (text.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : item.dump());
  return text;
}

void print_caps(const json& c) {
  fmt::print("xesp {}, protocol {}, ABI of the card {}\n", c["version"].get<std::string>(), c["protocol"].get<int>(),
             c["abi"].get<std::string>());
  for (const json& a : c["algorithms"])
    fmt::print("{}: {} for {}; keys of {} bits, ICVs of {} bits\n", a["name"].get<std::string>(),
               a["what"].get<std::string>(), joined(a["proto"]), joined(a["key_bits"]), joined(a["icv_bits"]));
  fmt::print("modes: {}\nreplay windows: up to {} packets, {} if not said\nalso: {}\npackets: up to {} bytes\n",
             joined(c["modes"]), c["replay_window"]["most"].get<unsigned>(),
             c["replay_window"]["default"].get<unsigned>(), joined(c["features"]), c["packet_bytes"].get<unsigned>());
  fmt::print("SAs a direction: {} on a card, {} in software\n", c["sas_a_direction"]["card"].get<unsigned>(),
             c["sas_a_direction"]["software"].get<unsigned>());
  if (!c.contains("engine")) {
    fmt::print("no xespd answers: this is what this build knows\n");
    return;
  }
  const json& s = c["sas"];
  fmt::print("engine: {}\nSAs in use: {} out ({} on the card), {} in ({} on the card)\n",
             c["engine"].get<std::string>(), s["out"].get<size_t>(), s["out_on_card"].get<size_t>(),
             s["in"].get<size_t>(), s["in_on_card"].get<size_t>());
  if (c["card"].is_null()) return;
  const bool present = c["card"]["present"];
  fmt::print("card: {}\n", present ? "there" : "lost: " + c["card"]["reason"].get<std::string>());
}

int caps(const Common& common) {
  json known;
  try {
    known = control::Client(common.socket).call("caps");
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kUnavailable && e.code() != ErrorCode::kDenied) throw;
    known = control::build_caps();
  }
  if (common.json)
    fmt::print("{}\n", known.dump(2));
  else
    print_caps(known);
  return 0;
}

}  // namespace

void add_monitor_commands(CLI::App& app, Common& common, Action& action) {
  CLI::App* following = app.add_subcommand("monitor", "follow changes: SAs, policies, limits, the card");
  auto most = std::make_shared<size_t>(0);
  following->add_option("--count", *most, "end after this many events; 0: never")->capture_default_str();
  following->footer(kMonitorHelp);
  following->callback([&common, &action, most] { action = [&common, most] { return monitor(common, *most); }; });

  CLI::App* counting = app.add_subcommand("count", "how many SAs and policies there are");
  counting->footer("Example:\n  xesp count");
  counting->callback([&common, &action] { action = [&common] { return count(common); }; });

  CLI::App* able = app.add_subcommand("caps", "what card and software can do, and how much of it is in use");
  able->footer(kCapsHelp);
  able->callback([&common, &action] { action = [&common] { return caps(common); }; });
}

}  // namespace xesp::cli
