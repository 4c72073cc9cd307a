// SPDX-License-Identifier: Apache-2.0
//
// xesp stats, xesp card
#include <fmt/core.h>

#include "commands/commands.h"
#include "control/client.h"
#include "xesp/engine.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

void print_direction(const char* name, const json& c) {
  fmt::print("{}: {} packets, {} batches; {} clear bytes done", name, c["packets"].get<uint64_t>(),
             c["batches"].get<uint64_t>(), c["bytes"].get<uint64_t>());
  if (c["card_cycles"] != 0) fmt::print("; {} card clocks", c["card_cycles"].get<uint64_t>());
  fmt::print("\n");
  for (unsigned i = 0; i < abi::kDropReasonCount; ++i) {
    const auto reason = static_cast<DropReason>(i);
    const uint64_t count = c["by_reason"].value(drop_counter_name(reason), uint64_t{0});
    if (count != 0) fmt::print("  {:<16} {:>12}  {}\n", drop_counter_name(reason), count, drop_text(reason));
  }
}

// Nested counters, one a line as group.name.
void print_tree(const std::string& prefix, const json& value) {
  if (value.is_object()) {
    for (const auto& [name, inner] : value.items()) {
      std::string whole = prefix;
      if (!whole.empty()) whole += '.';
      print_tree(whole.append(name), inner);
    }
  } else {
    fmt::print("  {:<40} {}\n", prefix, value.is_string() ? value.get<std::string>() : value.dump());
  }
}

int stats(const Common& common) {
  const json result = control::Client(common.socket).call("stats");
  if (common.json) {
    fmt::print("{}\n", result.dump(2));
    return 0;
  }
  fmt::print("engine: {}\nSAs: {}, policies: {}\n", result["engine"].get<std::string>(), result["sas"].get<size_t>(),
             result["policies"].get<size_t>());
  print_direction("out", result["out"]);
  print_direction("in", result["in"]);
  if (result["dataplane"].is_null()) {
    fmt::print("packet side: none (--no-dataplane)\n");
  } else {
    fmt::print("packet side:\n");
    print_tree("", result["dataplane"]);
  }
  return 0;
}

int card(const Common& common) {
  const json result = control::Client(common.socket).call("card");
  if (common.json) {
    fmt::print("{}\n", result.dump(2));
    return 0;
  }
  const std::string engine = result["engine"].get<std::string>();
  const std::string software = result.value("software", engine);
  fmt::print("engine: {}\n", engine);
  if (software != engine) fmt::print("what is not on the card: {}\n", software);
  fmt::print("SAs: {} on the card, {} in software\n", result["sas_on_card"].get<size_t>(),
             result["sas_in_software"].get<size_t>());
  for (const auto& [direction, registers] : result["registers"].items()) {
    if (registers.empty()) continue;
    fmt::print("xesp_{}:\n", direction);
    print_tree("", registers);
  }
  return 0;
}

}  // namespace

void add_stats_commands(CLI::App& app, Common& common, Action& action) {
  CLI::App* counters = app.add_subcommand("stats", "counters of engine and packet side, drops by reason");
  counters->footer("Examples:\n  xesp stats\n  xesp -j stats | jq .in.by_reason");
  counters->callback([&common, &action] { action = [&common] { return stats(common); }; });

  CLI::App* engine = app.add_subcommand("card", "the engine, and the card's registers");
  engine->footer("Example:\n  xesp card");
  engine->callback([&common, &action] { action = [&common] { return card(common); }; });
}

}  // namespace xesp::cli
