// SPDX-License-Identifier: Apache-2.0
#include "doctor/host_checks.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace xesp::cli::doctor {

using nlohmann::json;

namespace {

const char* const kNotSteered = " (packets that xespd steers never reach it)";

// True if `right` of an nft match is, holds or spans one of these.
bool holds(const json& right, const std::set<std::string>& names, const std::set<int>& numbers) {
  if (right.is_string()) return names.contains(right.get<std::string>());
  if (right.is_number_integer()) return numbers.contains(right.get<int>());
  if (right.is_array()) return std::ranges::any_of(right, [&](const json& r) { return holds(r, names, numbers); });
  if (!right.is_object()) return false;
  if (right.contains("set")) return holds(right["set"], names, numbers);
  if (right.contains("range") && right["range"].size() == 2 && right["range"][0].is_number() &&
      right["range"][1].is_number())
    return std::ranges::any_of(numbers, [&](int n) { return right["range"][0] <= n && n <= right["range"][1]; });
  return false;
}

enum class Hit { kNone, kEsp, kIke };

Hit match_of(const json& match) {
  if (match.value("op", "==") == "!=" || !match.contains("left") || !match.contains("right")) return Hit::kNone;
  const json& left = match["left"];
  const json& right = match["right"];
  if (!left.is_object()) return Hit::kNone;
  const bool protocol = (left.contains("meta") && left["meta"].value("key", "") == "l4proto") ||
                        (left.contains("payload") && (left["payload"].value("field", "") == "protocol" ||
                                                      left["payload"].value("field", "") == "nexthdr"));
  if (protocol) return holds(right, {"esp", "ah"}, {50, 51}) ? Hit::kEsp : Hit::kNone;
  const bool port = left.contains("payload") &&
                    (left["payload"].value("protocol", "") == "udp" || left["payload"].value("protocol", "") == "th") &&
                    left["payload"].value("field", "").ends_with("port");
  return port && holds(right, {"isakmp", "ipsec-nat-t"}, {500, 4500}) ? Hit::kIke : Hit::kNone;
}

Finding firewall(Hit hit, const std::string& where) {
  if (hit == Hit::kIke)
    return {Severity::kWarning, "firewall", where + " drops UDP 500 or 4500, so IKE can't make SAs",
            "accept udp dport { 500, 4500 } before it"};
  return {Severity::kNote, "firewall", where + " drops ESP or AH" + kNotSteered,
          "accept proto esp for peers that the kernel serves"};
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string w; in >> w;) words.push_back(w);
  return words;
}

bool names_port(const std::string& list) {
  std::istringstream in(list);
  for (std::string item; std::getline(in, item, ',');) {
    const size_t colon = item.find(':');
    const int first = std::atoi(item.c_str());
    const int last = colon == std::string::npos ? first : std::atoi(item.c_str() + colon + 1);
    for (const int port : {500, 4500})
      if (first <= port && port <= last) return true;
  }
  return false;
}

}  // namespace

Findings check_nft(const json& ruleset) {
  Findings found;
  if (!ruleset.is_object() || !ruleset.contains("nftables")) return found;
  for (const json& item : ruleset["nftables"]) {
    if (!item.contains("rule") || !item["rule"].contains("expr")) continue;
    const json& rule = item["rule"];
    Hit hit = Hit::kNone;
    bool drops = false;
    for (const json& part : rule["expr"]) {
      if (!part.is_object()) continue;
      drops |= part.contains("drop") || part.contains("reject");
      if (part.contains("match")) hit = std::max(hit, match_of(part["match"]));
    }
    if (drops && hit != Hit::kNone)
      found.push_back(firewall(hit, fmt::format("nft table {} {} chain {}", rule.value("family", "?"),
                                                rule.value("table", "?"), rule.value("chain", "?"))));
  }
  return found;
}

Findings check_iptables(const std::string& text) {
  Findings found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() < 4 || words[0] != "-A") continue;
    Hit hit = Hit::kNone;
    bool drops = false;
    bool negated = false;
    for (size_t i = 2; i + 1 < words.size(); ++i) {
      const std::string& w = words[i];
      const std::string& next = words[i + 1];
      if (w == "!") negated = true;
      if (w == "-j") drops = next == "DROP" || next == "REJECT";
      if (w == "-p" && (next == "esp" || next == "ah" || next == "50" || next == "51")) hit = std::max(hit, Hit::kEsp);
      if ((w == "--dport" || w == "--sport" || w == "--dports" || w == "--sports" || w == "--ports") &&
          names_port(next))
        hit = Hit::kIke;
    }
    const bool tcp = std::ranges::find(words, "tcp") != words.end();
    if (drops && !negated && !tcp && hit != Hit::kNone) found.push_back(firewall(hit, "iptables chain " + words[1]));
  }
  return found;
}

Findings check_route(const std::string& peer, const json& route, const json& neighbours, const std::string& outside) {
  if (!route.is_array() || route.empty())
    return {{Severity::kError, "route", "no route to the peer " + peer, "add one out of the outside interface"}};
  const json& r = route[0];
  const std::string dev = r.value("dev", "");
  if (r.value("type", "unicast") == "local")
    return {{Severity::kError, "route", peer + " is an address of this host, not of a peer", "correct the SA's dst"}};
  Findings found;
  if (!outside.empty() && dev != outside)
    found.push_back(
        {Severity::kError, "route",
         fmt::format("the route to the peer {} leads out of {}, not of the outside interface {}", peer, dev, outside),
         "correct the route or --outside"});
  const std::string hop = r.value("gateway", peer);
  if (!neighbours.is_array()) return found;
  for (const json& n : neighbours) {
    if (n.value("dst", "") != hop || n.value("dev", "") != dev || !n.contains("state")) continue;
    for (const json& state : n["state"])
      if (state == "FAILED" || state == "INCOMPLETE")
        found.push_back({Severity::kError, "neighbour",
                         fmt::format("the next hop {} to the peer {} does not answer on {} ({})", hop, peer, dev,
                                     state.get<std::string>()),
                         "look at the link, and whether that host is up"});
  }
  return found;
}

Findings check_mtu(unsigned inside, unsigned outside, const json& sas) {
  unsigned fits = inside;
  for (const json& sa : sas)
    if (sa.contains("largest")) fits = std::min(fits, sa["largest"].get<unsigned>());
  if (inside <= fits) return {};
  return {
      {Severity::kWarning, "mtu",
       fmt::format("packets of up to {} bytes come from the inside, but the outside MTU of {} has room for {} once "
                   "they are protected",
                   inside, outside, fits),
       fmt::format("set the inside MTU to {} or clamp TCP's MSS to {}, or raise the outside MTU", fits, fits - 40)}};
}

Findings check_kernel_states(const std::string& text, const json& sas) {
  std::set<std::pair<std::string, std::string>> ours;
  for (const json& sa : sas) ours.insert({sa.value("src", ""), sa.value("dst", "")});
  std::set<std::pair<std::string, std::string>> both;
  size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("src ")) continue;
    const std::vector<std::string> words = words_of(line);
    if (words.size() < 4 || words[2] != "dst") continue;
    ++count;
    if (ours.contains({words[1], words[3]})) both.insert({words[1], words[3]});
  }
  Findings found;
  for (const auto& [src, dst] : both)
    found.push_back({Severity::kWarning, "kernel",
                     fmt::format("the kernel has an SA {} -> {} too: packets may take either", src, dst),
                     fmt::format("remove it (ip xfrm state deleteall src {} dst {}), or the one here", src, dst)});
  if (count != 0 && both.empty())
    found.push_back(
        {Severity::kNote, "kernel", fmt::format("the kernel has {} SAs of its own, for other hosts", count), ""});
  return found;
}

Findings check_memlock(const std::string& limits) {
  constexpr unsigned long long kEnough = 64ull << 20;
  std::istringstream lines(limits);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("Max locked memory")) continue;
    const std::vector<std::string> words = words_of(line);
    if (words.size() < 4 || words[3] == "unlimited" || std::strtoull(words[3].c_str(), nullptr, 10) >= kEnough)
      return {};
    return {
        {Severity::kWarning, "memlock",
         "xespd may lock " + words[3] + " bytes of memory, too few for AF_XDP's buffers and keys that are not swapped",
         "LimitMEMLOCK=infinity in its unit, or ulimit -l unlimited"}};
  }
  return {};
}

Findings check_clock(long long now, bool in_step) {
  constexpr long long kStartOf2026 = 1767225600;
  if (now < kStartOf2026)
    return {{Severity::kError, "clock",
             "the clock is years behind: certificates of IKE and the log's times will be wrong",
             "set it, and run an NTP client"}};
  if (!in_step)
    return {{Severity::kNote, "clock", "the clock is not kept in step by an NTP client",
             "run one: certificates of IKE need the time"}};
  return {};
}

}  // namespace xesp::cli::doctor
