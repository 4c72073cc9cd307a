// SPDX-License-Identifier: Apache-2.0
//
// xesp doctor: what is wrong, why, and what to do.
#include <fmt/core.h>
#include <sys/timex.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <set>
#include <thread>

#include "commands/commands.h"
#include "doctor/daemon_checks.h"
#include "doctor/host_checks.h"
#include "doctor/tool.h"

namespace xesp::cli {

using nlohmann::json;
using namespace doctor;

namespace {

constexpr const char* kHelp =
    R"(Asks xespd twice, a second apart, and looks at the host around it: card, policies without SA, SAs that do not move, drop
counters and whether they rise, firewall, routes, neighbours, MTU, SAs of the kernel, XDP mode, locked memory, clock. Changes
nothing. A tool that is missing (ip, nft, iptables-save) is named and its check skipped.
Each finding is one line: severity, what was looked at, what is and why, what to do.
Exit code: 0 nothing to mend, 1 warnings, 2 errors (here not those of sysexits); 64 and above: the command itself failed.
Examples:
  xesp doctor
  xesp -j doctor | jq '.findings[] | select(.severity == "error")')";

void add(Findings& to, Findings more) {
  for (Finding& f : more) to.push_back(std::move(f));
}

void skip(Findings& to, const char* check, const std::string& why) {
  to.push_back({Severity::kSkipped, check, why, ""});
}

struct Seen {
  json caps, notices, policies, sas_before, sas, stats_before, stats;
  pid_t daemon = 0;
};

// False if xespd does not answer.
bool ask(const Common& common, Seen& seen, Findings& found) {
  try {
    control::Client daemon(common.socket);
    seen.daemon = daemon.peer();
    seen.caps = daemon.call("caps");
    seen.notices = daemon.call("notice.list");
    seen.sas_before = daemon.call("state.list");
    seen.stats_before = daemon.call("stats");
    std::this_thread::sleep_for(std::chrono::seconds(1));
    seen.sas = daemon.call("state.list");
    seen.stats = daemon.call("stats");
    seen.policies = daemon.call("policy.list");
    return true;
  } catch (const Error& e) {
    found.push_back({Severity::kError, "daemon", e.what(), "systemctl status xespd; see its log"});
    return false;
  }
}

void look_at_firewall(Findings& found) {
  if (geteuid() != 0) return skip(found, "firewall", "only root can read the firewall's rules");
  const auto nft = output_of({"nft", "-j", "list", "ruleset"});
  const auto iptables = output_of({"iptables-save"});
  if (nft) add(found, check_nft(json::parse(*nft, nullptr, false)));
  if (iptables) add(found, check_iptables(*iptables));
  if (!nft && !iptables) skip(found, "firewall", "neither nft nor iptables-save is installed and works");
}

std::string interface_of(const json& stats, const char* side) {
  const json& path = stats["dataplane"];
  return path.is_null() ? "" : path[side].value("interface", "");
}

unsigned mtu_of(const std::string& interface) {
  const std::string text = text_of_file("/sys/class/net/" + interface + "/mtu");
  return text.empty() ? 0 : static_cast<unsigned>(std::stoul(text));
}

void look_at_network(const Seen& seen, Findings& found) {
  const std::string inside = interface_of(seen.stats, "inside");
  const std::string outside = interface_of(seen.stats, "outside");
  const unsigned mtu_inside = inside.empty() ? 0 : mtu_of(inside);
  const unsigned mtu_outside = outside.empty() ? 0 : mtu_of(outside);
  if (mtu_inside != 0 && mtu_outside != 0)
    add(found, check_mtu(mtu_inside, mtu_outside, seen.sas));
  else
    skip(found, "mtu", "xespd's interfaces are not here");
  const auto neighbours = output_of({"ip", "-j", "neigh"});
  if (!neighbours) return skip(found, "route", "the ip command is not installed or does not work");
  const json table = json::parse(*neighbours, nullptr, false);
  std::set<std::string> peers;
  for (const json& sa : seen.sas)
    if (sa["dir"] == "out") peers.insert(sa.value("dst", ""));
  if (outside.empty()) {
    if (!peers.empty()) skip(found, "route", "xespd has no interfaces, so no routes are needed");
  } else {
    for (const std::string& peer : peers) {
      // As xespd asks (--mark): other packets to the peer may well take the TUN device.
      const std::string mark = std::to_string(seen.stats["dataplane"].value("mark", 0u));
      const auto route = output_of({"ip", "-j", "route", "get", peer, "mark", mark});
      add(found, check_route(peer, route ? json::parse(*route, nullptr, false) : json(), table, outside));
    }
  }
  const auto kernel = output_of({"ip", "xfrm", "state", "list", "nokeys"});
  if (kernel)
    add(found, check_kernel_states(*kernel, seen.sas));
  else
    skip(found, "kernel", "the kernel's SAs can't be read: not root, or a kernel without XFRM");
}

int diagnose(const Common& common) {
  Findings found;
  Seen seen;
  if (ask(common, seen, found)) {
    add(found, check_card(seen.caps));
    add(found, check_notices(seen.notices));
    add(found, check_policies(seen.policies, seen.sas));
    add(found, check_sas(seen.sas_before, seen.sas, !seen.caps["card"].is_null()));
    add(found, check_drops(seen.stats_before, seen.stats));
    add(found, check_xdp(seen.stats));
    add(found, check_tun(seen.stats));
    look_at_network(seen, found);
    const std::string limits = text_of_file("/proc/" + std::to_string(seen.daemon) + "/limits");
    if (limits.empty())
      skip(found, "memlock", "xespd's limits can't be read: ask as root");
    else if (interface_of(seen.stats, "outside").empty())
      skip(found, "memlock", "without interfaces xespd needs no locked memory");
    else
      add(found, check_memlock(limits));
  }
  look_at_firewall(found);
  timex clock{};
  const int state = adjtimex(&clock);
  add(found, check_clock(std::time(nullptr), state >= 0 && (clock.status & STA_UNSYNC) == 0));

  const int code = exit_code(found);
  if (common.json) {
    json rows = json::array();
    for (const Finding& f : found) rows.push_back(to_json(f));
    fmt::print("{}\n", json({{"findings", rows}, {"exit_code", code}}).dump(2));
    return code;
  }
  for (const Finding& f : found)
    fmt::print("{:<8} {:<10} {}{}{}\n", severity_name(f.severity), f.check, f.text,
               f.fix.empty() ? "" : "; to do: ", f.fix);
  fmt::print("{}\n", code == 0 ? "nothing to mend" : code == 1 ? "there are warnings" : "there are errors");
  return code;
}

}  // namespace

void add_doctor_command(CLI::App& app, Common& common, Action& action) {
  CLI::App* command = app.add_subcommand("doctor", "look for what is wrong, with cause and fix");
  command->footer(kHelp);
  command->callback([&common, &action] { action = [&common] { return diagnose(common); }; });
}

}  // namespace xesp::cli
