// SPDX-License-Identifier: Apache-2.0
#include "doctor/daemon_checks.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

namespace xesp::cli::doctor {

using nlohmann::json;

namespace {

struct Cause {
  const char* name;
  Severity rising;
  const char* cause;
  const char* fix;
};

// Drop counters of the engine, of the packet side and of the steering.
constexpr Cause kCauses[] = {
    {"icv_failed", Severity::kError, "keys or salts of the two sides differ, or packets are changed on the way",
     "compare the aead keys and the ICV length of both sides; if they are equal, look for who changes packets"},
    {"replay", Severity::kWarning, "numbers come twice: packets are doubled on the way, or somebody replays them",
     "look for doubled packets (bonding, mirrors) on the way"},
    {"replay_old", Severity::kWarning,
     "packets come so late that the window has passed them: reordering, or the window is small",
     "give the SA a larger replay-window (up to 4096)"},
    {"no_sa", Severity::kError,
     "no SA for these packets: the peer uses another SPI, after a rekey that one side missed",
     "compare 'xesp state list' with the peer's SPIs and rekey"},
    {"drop_no_sa_in", Severity::kError, "ESP with an SPI that is not known here: a rekey that one side missed",
     "compare 'xesp state list' with the peer's SPIs and rekey"},
    {"drop_no_sa_out", Severity::kError, "a protect policy has no live SA, so its packets drop",
     "add the outbound SA: addresses, mode and reqid as in the policy's template"},
    {"stale_sa", Severity::kWarning, "packets were on their way to an SA that has just been replaced",
     "none if it happens at rekeys only"},
    {"seq_exhausted", Severity::kError, "the SA has no sequence numbers left, or its lease could not be extended",
     "make a new SA; see xespd's log for errors of the lease journal; 'flag esn' gives 64 bits"},
    {"expired", Severity::kError, "the SA has reached a hard limit",
     "make a new SA, earlier next time: at the soft limit"},
    {"encap_mismatch", Severity::kError, "one side sends ESP in UDP and the other does not expect it",
     "give 'encap espinudp 4500 4500 0.0.0.0' on both sides or on none"},
    {"ecn", Severity::kWarning, "congestion was marked on the way and the inner packet can't carry the mark (RFC 6040)",
     "let the inner hosts use ECN, or give 'flag noecn' on both sides"},
    {"bad_padding", Severity::kError, "padding is wrong after decryption, though authentic: the peer's ESP differs",
     "compare algorithm and mode of both sides"},
    {"bad_next_header", Severity::kError,
     "the peer sends tunnel mode where this SA is transport mode, or the other way round",
     "give both sides the same mode"},
    {"bad_sa_entry", Severity::kError, "the card refuses an SA's entry", "restart xespd; if it comes back, report it"},
    {"no_card", Severity::kError, "the card is lost and these SAs may go through nothing else ('offload require')",
     "bring the card back, or use 'offload auto'"},
    {"output_too_big", Severity::kWarning, "packets are too long once they are protected",
     "lower the MTU of the inside hosts or clamp TCP's MSS"},
    {"drop_too_big", Severity::kWarning, "packets are longer than the interface's MTU once they are protected",
     "lower the MTU of the inside hosts or clamp TCP's MSS"},
    {"fragment", Severity::kWarning, "fragments where whole packets are needed", "lower the sender's MTU"},
    {"drop_fragment_timeout", Severity::kWarning, "fragments arrive of datagrams that never come whole",
     "look for losses on the way, or lower the MTU inside of the peer"},
    {"drop_fragment_overlap", Severity::kWarning, "fragments arrive that contradict one another",
     "find who sends them: an attack, or a broken host"},
    {"drop_clear_in", Severity::kWarning, "packets arrive in clear that a policy wants protected",
     "look whether the peer has its outbound policy and SA"},
    {"drop_selector", Severity::kWarning, "decrypted packets are outside of their SA's selector or policy",
     "give both sides the same selectors"},
    {"drop_unreachable", Severity::kError, "no route, or the next hop does not answer",
     "look at 'ip route get' and 'ip neigh' for the addresses behind"},
    {"drop_elsewhere", Severity::kError, "the route leads to this host or out of an interface that xespd does not have",
     "correct the routes, or --inside and --outside"},
    {"drop_no_socket", Severity::kError, "packets arrive at a receive queue that xespd does not serve",
     "no --queue, and restart xespd if the number of queues has changed"},
    {"drop_send_full", Severity::kWarning, "the interface takes packets more slowly than they come",
     "look at its link speed"},
    {"drop_discard", Severity::kNote, "an 'action block' policy drops them, as it should", ""},
    {"drop_keepalive", Severity::kNote, "keepalives of a NAT (RFC 3948), dropped as they should be", ""},
    {"drop_extensions", Severity::kWarning, "packets with more IPv6 extension headers than are walked",
     "look at who sends such packets"},
    {"dummy", Severity::kNote, "dummy packets of the peer, thrown away as they should be", ""},
};

std::string name_of(const json& sa) {
  return fmt::format("SA dir {} {} -> {} spi {:#010x}", sa.value("dir", "?"), sa.value("src", "?"),
                     sa.value("dst", "?"), sa.value("spi", 0u));
}

std::string name_of_policy(const json& p) {
  return fmt::format("policy dir {} {} -> {}", p.value("dir", "?"), p["sel"].value("src", "?"),
                     p["sel"].value("dst", "?"));
}

bool serves(const json& sa, const json& policy) {
  const json& t = policy["tmpl"];
  const bool addresses = t["mode"] != "tunnel" || (sa["src"] == t["src"] && sa["dst"] == t["dst"]);
  return sa["dir"] == policy["dir"] && sa["mode"] == t["mode"] && addresses &&
         (t["reqid"] == 0 || t["reqid"] == sa["reqid"]);
}

// Drop counters by place and name; steering and packet side count drops under names that begin with drop_.
std::map<std::string, uint64_t> drops_of(const json& stats) {
  std::map<std::string, uint64_t> drops;
  for (const char* direction : {"out", "in"}) {
    for (const auto& [name, count] : stats[direction]["by_reason"].items())
      if (name != "ok") drops[std::string(direction) + "." + name] = count.get<uint64_t>();
  }
  if (!stats.contains("dataplane") || stats["dataplane"].is_null()) return drops;
  for (const char* place : {"out", "in", "steering"}) {
    if (!stats["dataplane"].contains(place)) continue;
    for (const auto& [name, count] : stats["dataplane"][place].items())
      if (name.starts_with("drop_") && count.is_number())
        drops[std::string(place) + "." + name] = count.get<uint64_t>();
  }
  return drops;
}

}  // namespace

Findings check_card(const json& caps) {
  Findings found;
  const json& card = caps["card"];
  if (card.is_null()) {
    found.push_back({Severity::kNote, "card", "xespd runs without a card: " + caps.value("engine", "?"), ""});
  } else if (!card.value("present", false)) {
    found.push_back({Severity::kError, "card", "the card is lost: " + card.value("reason", "?"),
                     "look at 'dmesg' and 'xbutil examine'; xespd takes it back by itself"});
  } else if (card.value("losses", 0) != 0) {
    found.push_back(
        {Severity::kWarning, "card",
         fmt::format("the card was lost {} times since xespd's start, and is back", card.value("losses", 0)),
         "see xespd's log for the reasons"});
  }
  const json& room = caps["sas_a_direction"]["card"];
  for (const char* direction : {"out", "in"}) {
    const uint64_t used = caps["sas"].value(std::string(direction) + "_on_card", uint64_t{0});
    if (!card.is_null() && used * 10 >= room.get<uint64_t>() * 9)
      found.push_back({Severity::kWarning, "card",
                       fmt::format("{} of the card's {} SAs dir {} are in use", used, room.get<uint64_t>(), direction),
                       "remove SAs that are not used; further ones go through software"});
  }
  return found;
}

Findings check_notices(const json& notices) {
  Findings found;
  for (const json& n : notices)
    found.push_back({Severity::kError, "ike",
                     fmt::format("{}, {}, {} s ago{}", n.value("peer", "?"), n.value("text", "?"),
                                 n.value("seconds_ago", uint64_t{0}),
                                 n.value("count", 1u) > 1 ? fmt::format(", {} times", n.value("count", 1u)) : ""),
                     n.value("fix", "")});
  return found;
}

Findings check_policies(const json& policies, const json& sas) {
  Findings found;
  if (policies.empty())
    found.push_back({Severity::kWarning, "policy", "there is no policy, so nothing is protected",
                     "add policies with 'xesp policy add'"});
  for (const json& p : policies) {
    if (!p.contains("tmpl")) continue;
    const bool served = p["dir"] == "out"
                            ? p.contains("spi") && !p["spi"].is_null()
                            : std::any_of(sas.begin(), sas.end(), [&](const json& sa) { return serves(sa, p); });
    if (!served)
      found.push_back({Severity::kError, "policy", name_of_policy(p) + " has no live SA, so its packets drop",
                       "add an SA with the addresses, mode and reqid of its template"});
  }
  return found;
}

Findings check_sas(const json& before, const json& after, bool card_expected) {
  Findings found;
  const auto earlier = [&](const json& sa) -> const json* {
    for (const json& b : before)
      if (b["dir"] == sa["dir"] && b["index"] == sa["index"] && b["generation"] == sa["generation"]) return &b;
    return nullptr;
  };
  for (const json& sa : after) {
    const uint64_t packets = sa["packets"];
    const json* first = earlier(sa);
    const uint64_t moved = first != nullptr ? packets - (*first)["packets"].get<uint64_t>() : 0;
    const std::string limit = sa.value("limit_reached", "");
    if (limit == "hard")
      found.push_back({Severity::kError, "sa", name_of(sa) + " has reached a hard limit and takes no more packets",
                       "make a new SA"});
    if (limit == "soft")
      found.push_back(
          {Severity::kWarning, "sa", name_of(sa) + " has reached a soft limit", "make a new SA before the hard one"});
    if (!sa["on_card"].get<bool>() && card_expected && sa["offload"] != "off") {
      const bool drops = sa["offload"] == "require";
      found.push_back({drops ? Severity::kError : Severity::kWarning, "sa",
                       name_of(sa) +
                           (drops ? " may go through the card only and is not on it, so its packets drop: "
                                  : " goes through software: ") +
                           sa.value("not_on_card_because", "?"),
                       "see 'xesp card' and 'xesp caps'"});
    }
    if (moved != 0) {
      found.push_back(
          {Severity::kNote, "sa", fmt::format("{} moves: {} packets in the last second", name_of(sa), moved), ""});
      continue;
    }
    if (packets != 0) {
      found.push_back({Severity::kNote, "sa", fmt::format("{} is idle, after {} packets", name_of(sa), packets), ""});
      continue;
    }
    const bool one_way = sa["dir"] == "in" && std::any_of(after.begin(), after.end(), [&](const json& o) {
                           return o["dir"] == "out" && o["src"] == sa["dst"] && o["dst"] == sa["src"] &&
                                  o["packets"].get<uint64_t>() != 0;
                         });
    if (one_way)
      found.push_back({Severity::kWarning, "sa",
                       name_of(sa) + " has received nothing, though packets go out to that peer",
                       "look whether the peer has the SAs and the way back, and who may stop ESP on the way"});
    else
      found.push_back({Severity::kNote, "sa", name_of(sa) + " has not carried a packet yet", ""});
  }
  return found;
}

Findings check_drops(const json& before, const json& after) {
  Findings found;
  const auto old = drops_of(before);
  for (const auto& [place, count] : drops_of(after)) {
    if (count == 0) continue;
    const auto earlier = old.find(place);
    const uint64_t rise = earlier == old.end() || earlier->second > count ? count : count - earlier->second;
    const std::string name = place.substr(place.find('.') + 1);
    const auto known =
        std::find_if(std::begin(kCauses), std::end(kCauses), [&](const Cause& c) { return name == c.name; });
    const bool explained = known != std::end(kCauses);
    const std::string cause = explained ? known->cause : "see 'xesp stats' for what it means";
    const Severity rising = explained ? known->rising : Severity::kWarning;
    found.push_back(
        {rise != 0 ? rising : Severity::kNote, "drops",
         fmt::format("{} is {}{}: {}", place, count,
                     rise != 0 ? fmt::format(" and rises, by {} a second", rise) : ", and does not rise", cause),
         explained ? known->fix : ""});
  }
  return found;
}

Findings check_xdp(const json& stats) {
  if (!stats.contains("dataplane") || stats["dataplane"].is_null())
    return {{Severity::kNote, "xdp", "xespd has no interfaces (--no-dataplane): no packet moves", ""}};
  Findings found;
  for (const char* side : {"inside", "outside"}) {
    const json& s = stats["dataplane"][side];
    if (s.value("xdp", "") == "native") continue;
    found.push_back({s.contains("not_native") ? Severity::kWarning : Severity::kNote, "xdp",
                     fmt::format("{} has {} XDP, which is slow{}", s.value("interface", "?"), s.value("xdp", "?"),
                                 s.contains("not_native") ? ": " + s.value("not_native", "") : ""),
                     "use a driver with native XDP, and leave out --generic"});
  }
  return found;
}

Findings check_tun(const json& stats) {
  if (!stats.contains("dataplane") || stats["dataplane"].is_null()) return {};
  const json tun = stats["dataplane"].value("tun", json());
  if (!tun.is_object() || !tun.value("gone", false)) return {};
  const std::string name = tun.value("name", "?");
  return {{Severity::kError, "tun",
           fmt::format("the interface {} was removed: this host's own packets take no tunnel", name),
           fmt::format("restart xespd, which makes {} anew, and give it its addresses and routes again", name)}};
}

}  // namespace xesp::cli::doctor
