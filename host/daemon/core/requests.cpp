// SPDX-License-Identifier: Apache-2.0
#include "core/requests.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "control/caps.h"
#include "control/fields.h"
#include "control/policy_json.h"
#include "control/protocol.h"
#include "control/sa_json.h"
#include "xesp/error.h"

namespace xesp {

using control::Fields;
using nlohmann::json;

namespace {

// The fields of a request: those of its envelope are taken, the caller takes the rest and calls end().
Fields fields_of(const json& request) {
  Fields f(request, "");
  f.has("v");
  f.has("do");
  return f;
}

json sa_row(const Controller::Sa& sa, const SaStats& stats, const Placement& place, control::Keys keys) {
  json row = control::to_json(sa.config, keys);
  row["seq"] = stats.seq;
  row["packets"] = stats.packets;
  if (stats.events != 0) row["limit_reached"] = stats.events & abi::kEventHard ? "hard" : "soft";
  row["bytes"] = stats.bytes;
  row["on_card"] = place.on_card;
  if (!place.on_card) row["not_on_card_because"] = place.reason;
  row["index"] = sa.handle.index;
  row["generation"] = sa.handle.generation;
  return row;
}

json sa_name(const SaConfig& sa) {
  return {{"src", sa.src.str()},
          {"dst", sa.dst.str()},
          {"proto", control::proto_name(sa.proto)},
          {"spi", sa.spi},
          {"dir", control::direction_name(sa.direction)}};
}

json larval_row(const Larvals::Larval& larval) {
  return {{"larval", true},          {"src", larval.src.str()},
          {"dst", larval.dst.str()}, {"proto", control::proto_name(larval.proto)},
          {"spi", larval.spi},       {"dir", "in"}};
}

/// What changes nothing and shows no packet. Keys are root's, whoever asks.
constexpr std::string_view kReading[] = {"state.list", "state.get", "policy.list", "where",   "count",      "stats",
                                         "card",       "caps",      "version",     "monitor", "notice.list"};

constexpr uint64_t kMostHoldSeconds = 3600;
constexpr uint64_t kHoldSeconds = 165;  // Linux' own for larval SAs: longer than a peer repeats its requests

constexpr uint8_t kUdp = 17;
constexpr uint16_t kIkePort = 500, kNattPort = 4500;

Traffic traffic_from_json(const json& object) {
  Fields f(object, "packet");
  Traffic t;
  t.src = IpAddress::parse(f.text("src"));
  t.dst = IpAddress::parse(f.text("dst"));
  if (f.has("proto")) t.protocol = static_cast<uint8_t>(f.number("proto", 255));
  if (f.has("sport")) t.src_port = static_cast<uint16_t>(f.number("sport", 65535));
  if (f.has("dport")) t.dst_port = static_cast<uint16_t>(f.number("dport", 65535));
  f.end();
  if (t.src.v6 != t.dst.v6) throw Error(ErrorCode::kData, "packet: src and dst are IPv4 or both are IPv6");
  return t;
}

bool is_ike(const Traffic& traffic) {
  return traffic.protocol == kUdp && traffic.dst_port == kIkePort;
}

json fate(const char* to, const std::string& why) {
  return {{"to", to}, {"why", why}};
}

json counters_row(const EngineCounters& c) {
  json reasons = json::object();
  for (unsigned i = 0; i < abi::kDropReasonCount; ++i)
    reasons[drop_counter_name(static_cast<DropReason>(i))] = c.by_reason[i];
  return {{"packets", c.packets},
          {"bytes", c.bytes},
          {"batches", c.batches},
          {"card_cycles", c.card_cycles},
          {"by_reason", std::move(reasons)}};
}

}  // namespace

json Requests::handle(const json& request, const Asker& asker) {
  if (!request.is_object()) throw Error(ErrorCode::kData, "a request must be one JSON object in one line");
  if (request.value("v", json(nullptr)) != control::kProtocolVersion)
    throw Error(ErrorCode::kData, "v: this xespd speaks protocol version " + std::to_string(control::kProtocolVersion) +
                                      ": install xesp and xespd of one version");
  const std::string what = Fields(request, "").text("do");
  if (!asker.may_change && std::ranges::find(kReading, what) == std::end(kReading))
    throw Error(ErrorCode::kDenied, "do: users of xespd's read_group may ask what is there and change nothing");
  if (what == "state.add") return state_add(request);
  if (what == "state.delete") return state_delete(request);
  if (what == "state.get") return state_get(request);
  if (what == "state.reserve") return state_reserve(request);
  if (what == "state.move") return state_move(request);
  if (what == "state.list") return state_list(request, asker);
  if (what == "state.flush") return state_flush(request);
  if (what == "policy.add") return policy_add(request);
  if (what == "policy.delete") return policy_delete(request);
  if (what == "policy.list") return policy_list(request);
  if (what == "policy.flush") return policy_flush(request);
  if (what == "where") return where(request);
  if (what == "count") return count(request);
  if (what == "stats") return stats(request);
  if (what == "card") return card(request);
  if (what == "caps") return caps(request);
  if (what == "version") return version(request);
  if (what == "tap") return tap(request, asker);
  if (what == "notice.add") return notice_add(request);
  if (what == "notice.list") return notice_list(request);
  if (what == "monitor") {  // the server does the rest
    fields_of(request).end();
    return json::object();
  }
  throw Error(ErrorCode::kUsage, "do: '" + what.substr(0, 40) + "' is not known");
}

json Requests::state_add(const json& request) {
  Fields f = fields_of(request);
  control::SaRequest wanted = control::sa_request_from_json(f.object("sa"));
  f.end();
  if (card_ == nullptr && wanted.sa.offload == Offload::kRequire)
    throw Error(
        ErrorCode::kUnavailable,
        "offload require: xespd runs without a card (--engine software): give 'offload auto' or 'offload off', or "
        "start it with one");
  const Controller::Sa& sa = controller_.add_sa(std::move(wanted));
  json row = control::to_json(sa.config, control::Keys::kHidden);
  row["index"] = sa.handle.index;
  row["generation"] = sa.handle.generation;
  tell({{"event", "state.add"}, {"sa", row}});
  notices_.settle(sa.config.direction == Direction::kOut ? sa.config.dst : sa.config.src);
  return row;
}

json Requests::state_delete(const json& request) {
  Fields f = fields_of(request);
  const control::SaName name = control::sa_name_from_json(f.object("sa"));
  f.end();
  const auto& sas = controller_.sas();
  const auto found = std::ranges::find_if(sas, [&](const Controller::Sa& sa) { return name.names(sa.config); });
  const json gone = found == sas.end() ? json() : sa_name(found->config);
  controller_.delete_sa(name);
  tell({{"event", "state.delete"}, {"sa", gone}});
  return json::object();
}

json Requests::state_get(const json& request) {
  Fields f = fields_of(request);
  const control::SaName name = control::sa_name_from_json(f.object("sa"));
  f.end();
  const Controller::Sa& sa = controller_.find_sa(name);
  return sa_row(sa, controller_.stats(sa), engine_.placement(sa.config.direction, sa.handle), control::Keys::kHidden);
}

json Requests::state_reserve(const json& request) {
  Fields f = fields_of(request);
  const IpAddress src = IpAddress::parse(f.text("src"));
  const IpAddress dst = IpAddress::parse(f.text("dst"));
  const uint8_t proto = f.choice("proto", {"esp", "ah"}) == 0 ? kProtoEsp : kProtoAh;
  const uint64_t hold = f.number("seconds", kMostHoldSeconds, kHoldSeconds);
  f.end();
  return larval_row(controller_.reserve_spi(src, dst, proto, std::chrono::seconds(hold)));
}

json Requests::state_move(const json& request) {
  Fields f = fields_of(request);
  const control::SaName name = control::sa_name_from_json(f.object("sa"));
  Controller::NewEnds ends{IpAddress::parse(f.text("new_src")), IpAddress::parse(f.text("new_dst")), {}};
  if (f.has("encap")) ends.encap = control::encap_from_json(f.object("encap"));
  if (f.has("reqid")) ends.reqid = static_cast<uint32_t>(f.number("reqid", 0xffffffffu));
  f.end();
  const Controller::Sa& sa = controller_.move_sa(name, ends);
  const json row = control::to_json(sa.config, control::Keys::kHidden);
  tell({{"event", "state.move"}, {"sa", row}});
  return row;
}

json Requests::state_list(const json& request, const Asker& asker) {
  Fields f = fields_of(request);
  const bool show = f.flag("show_keys", false);
  const bool larval = f.flag("larval", false);
  f.end();
  if (show && !asker.root) throw Error(ErrorCode::kDenied, "show_keys: only root may see keys");
  json rows = json::array();
  const std::vector<SaStats> all = controller_.all_stats();
  auto stats = all.begin();
  for (const Controller::Sa& sa : controller_.sas()) {
    rows.push_back(sa_row(sa, *stats++, engine_.placement(sa.config.direction, sa.handle),
                          show ? control::Keys::kShown : control::Keys::kHidden));
    if (sa.config.direction == Direction::kOut)
      if (const auto largest = path_.largest(sa.handle)) rows.back()["largest"] = *largest;
  }
  if (larval)
    for (const Larvals::Larval& one : controller_.larvals().all()) rows.push_back(larval_row(one));
  return rows;
}

json Requests::state_flush(const json& request) {
  Fields f = fields_of(request);
  std::optional<Direction> direction;
  if (f.has("dir")) direction = f.choice("dir", {"out", "in"}) == 0 ? Direction::kOut : Direction::kIn;
  f.end();
  const size_t deleted = controller_.flush_sas(direction);
  json event = {{"event", "state.flush"}, {"deleted", deleted}};
  if (direction) event["dir"] = control::direction_name(*direction);
  tell(std::move(event));
  return {{"deleted", deleted}};
}

json Requests::policy_add(const json& request) {
  Fields f = fields_of(request);
  const Policy policy = control::policy_from_json(f.object("policy"));
  const bool replace = f.flag("replace", false);
  f.end();
  json row = control::to_json(controller_.add_policy(policy, replace).policy);
  tell({{"event", "policy.add"}, {"policy", row}});
  return row;
}

json Requests::policy_delete(const json& request) {
  Fields f = fields_of(request);
  const Policy name = control::policy_name_from_json(f.object("policy"));
  f.end();
  controller_.delete_policy(name);
  tell({{"event", "policy.delete"},
        {"policy", {{"dir", control::direction_name(name.direction)}, {"sel", control::to_json(name.selector)}}}});
  return json::object();
}

json Requests::policy_list(const json& request) {
  fields_of(request).end();
  json rows = json::array();
  for (const Controller::BoundPolicy& p : controller_.policies()) {
    json row = control::to_json(p.policy);
    if (p.policy.direction == Direction::kOut && p.policy.action == PolicyAction::kProtect) {
      const Controller::Sa* sa = p.sa ? controller_.find_out(*p.sa) : nullptr;
      row["spi"] = sa ? json(sa->config.spi) : json(nullptr);  // null: no live SA, packets drop
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

json Requests::policy_flush(const json& request) {
  fields_of(request).end();
  const size_t deleted = controller_.flush_policies();
  tell({{"event", "policy.flush"}, {"deleted", deleted}});
  return {{"deleted", deleted}};
}

json Requests::count(const json& request) {
  fields_of(request).end();
  const auto& sas = controller_.sas();
  const auto& policies = controller_.policies();
  const auto sas_out = std::ranges::count(sas, Direction::kOut, [](const auto& sa) { return sa.config.direction; });
  const auto policies_out =
      std::ranges::count(policies, Direction::kOut, [](const auto& p) { return p.policy.direction; });
  const auto row = [](size_t total, auto out) {
    return json{{"total", total}, {"out", out}, {"in", total - static_cast<size_t>(out)}};
  };
  return {{"state", row(sas.size(), sas_out)}, {"policy", row(policies.size(), policies_out)}};
}

json Requests::where(const json& request) {
  Fields f = fields_of(request);
  const Direction direction = f.choice("dir", {"out", "in"}) == 0 ? Direction::kOut : Direction::kIn;
  const Traffic traffic = traffic_from_json(f.object("packet"));
  f.end();
  if (path_.counters().is_null()) return fate("nothing", "this xespd has no interfaces (--no-dataplane)");
  if (is_ike(traffic)) return fate("kernel", "IKE, UDP port 500, always passes");
  if (direction == Direction::kIn && (traffic.protocol == kProtoEsp || traffic.protocol == kProtoAh) &&
      has_end(traffic.dst))
    return fate("engine", "ESP or AH to an address of ours: its SPI names the SA; one that is not known drops");

  const std::optional<Policy> policy = path_.policy_for(direction, traffic);
  json answer = policy ? policy_fate(*policy) : fate("kernel", "no policy covers it: in clear, by the kernel's routes");
  if (traffic.protocol == kUdp && traffic.dst_port == kNattPort)
    answer["note"] = "with the non-ESP marker (four zero bytes) it is IKE's and passes to the kernel";
  return answer;
}

bool Requests::has_end(const IpAddress& address) const {
  return std::ranges::any_of(controller_.sas(), [&](const Controller::Sa& sa) {
    return sa.config.direction == Direction::kIn && sa.config.dst == address;
  });
}

json Requests::policy_fate(const Policy& policy) const {
  const auto& bound = controller_.policies();
  const auto known = std::ranges::find_if(bound, [&](const auto& b) { return b.policy.same_entry(policy); });
  const Controller::Sa* sa = nullptr;
  if (known != bound.end()) {
    if (const auto& handle = known->sa) sa = controller_.find_out(*handle);
  }
  json answer;
  if (policy.action == PolicyAction::kBypass)
    answer = fate("kernel", "a bypass policy lets it pass in clear");
  else if (policy.action == PolicyAction::kDiscard)
    answer = fate("drop", "a discard policy");
  else if (!path_.fault().empty())
    answer = fate("drop", "must be protected, and the engine is lost: " + path_.fault());
  else if (policy.direction == Direction::kIn)
    answer = fate("drop", "came in clear and must be protected");
  else if (known == bound.end())
    answer = fate("drop", "a protect policy of an earlier xespd, not set again since: it has no SA");
  else if (!sa)
    answer = fate("drop", "must be protected, and no SA serves the policy");
  else
    answer = fate("engine", "protected by the policy's newest SA");
  if (sa) answer["sa"] = {{"dst", sa->config.dst.str()}, {"spi", sa->config.spi}};
  answer["policy"] = control::to_json(known != bound.end() ? known->policy : policy);
  return answer;
}

json Requests::stats(const json& request) {
  fields_of(request).end();
  return {{"engine", engine_.description()},
          {"sas", controller_.sas().size()},
          {"policies", controller_.policies().size()},
          {"out", counters_row(engine_.counters(Direction::kOut))},
          {"in", counters_row(engine_.counters(Direction::kIn))},
          {"dataplane", path_.counters()}};
}

// What does, or would do, SAs that are not on a card.
std::string Requests::software() const {
  return card_ == nullptr ? engine_.description() : card_->software();
}

json Requests::card(const json& request) {
  fields_of(request).end();
  json units = json::object();
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    json registers = json::object();
    for (const auto& [name, value] : engine_.registers(direction)) registers[name] = value;
    units[control::direction_name(direction)] = std::move(registers);
  }
  json answer = {{"engine", engine_.description()}, {"software", software()}, {"registers", std::move(units)}};
  size_t on_card = 0;
  for (const Controller::Sa& sa : controller_.sas())
    on_card += engine_.placement(sa.config.direction, sa.handle).on_card;
  answer["sas_on_card"] = on_card;
  answer["sas_in_software"] = controller_.sas().size() - on_card;
  return answer;
}

json Requests::caps(const json& request) {
  fields_of(request).end();
  json answer = control::build_caps();
  answer["engine"] = engine_.description();
  answer["software"] = software();
  size_t out = 0;
  size_t out_on_card = 0;
  size_t in_on_card = 0;
  for (const Controller::Sa& sa : controller_.sas()) {
    const bool sends = sa.config.direction == Direction::kOut;
    out += sends;
    (sends ? out_on_card : in_on_card) += engine_.placement(sa.config.direction, sa.handle).on_card;
  }
  answer["sas"] = {
      {"out", out}, {"in", controller_.sas().size() - out}, {"out_on_card", out_on_card}, {"in_on_card", in_on_card}};
  answer["card"] = nullptr;
  if (card_ != nullptr) {
    const CardHealth health = card_->card_health();
    answer["card"] = {
        {"present", health.present}, {"reason", health.reason}, {"losses", health.losses}, {"returns", health.returns}};
  }
  return answer;
}

void Requests::look_at_clock() {
  constexpr auto kEvery = std::chrono::milliseconds(400);
  const auto now = Controller::Clock::now();
  if (now < next_look_) return;
  next_look_ = now + kEvery;
  for (const Controller::Expiry& expiry : controller_.expire(now)) {
    tell({{"event", "limit"},
          {"limit", expiry.hard ? "hard" : "soft"},
          {"of", "seconds"},
          {"dir", control::direction_name(expiry.config.direction)},
          {"sa", sa_name(expiry.config)}});
    if (expiry.hard) tell({{"event", "state.delete"}, {"sa", sa_name(expiry.config)}});
  }
  for (const auto& [policy, packet] : path_.take_misses()) {
    const auto& bound = controller_.policies();
    const auto known = std::ranges::find_if(bound, [&](const auto& b) { return b.policy.same_entry(policy); });
    if (known == bound.end() || known->sa) continue;  // it was so, and is no more
    json event = {{"event", "acquire"},
                  {"policy", {{"dir", "out"}, {"sel", control::to_json(policy.selector)}}},
                  {"packet", {{"src", packet.src.str()}, {"dst", packet.dst.str()}}}};
    if (packet.protocol) event["packet"]["proto"] = *packet.protocol;
    if (packet.src_port) event["packet"]["sport"] = *packet.src_port;
    if (packet.dst_port) event["packet"]["dport"] = *packet.dst_port;
    tell(std::move(event));
  }
}

void Requests::complete(json& event) const {
  if (event["event"] != "limit" || event.contains("sa")) return;
  for (const Controller::Sa& sa : controller_.sas())
    if (event["dir"] == control::direction_name(sa.config.direction) && event["index"] == sa.handle.index &&
        event["generation"] == sa.handle.generation)
      event["sa"] = sa_name(sa.config);
}

json Requests::tap(const json& request, const Asker& asker) {
  Fields f = fields_of(request);
  const control::TapFilter filter = control::tap_filter_from_json(f.object("filter"));
  f.end();
  if (!asker.root) throw Error(ErrorCode::kDenied, "tap: only root may see packets in clear");
  tap_ = path_.tap(filter);
  return {{"interfaces", tap_->interfaces}};
}

json Requests::notice_add(const json& request) {
  Fields f = fields_of(request);
  Fields n(f.object("notice"), "notice");
  f.end();
  const IpAddress peer = IpAddress::parse(n.text("peer"));
  const std::string kind = n.text("kind"), text = n.text("text"), fix = n.text("fix");
  n.end();
  notices_.add(peer, kind, text, fix);
  tell({{"event", "notice"}, {"peer", peer.str()}, {"kind", kind}, {"text", text}, {"fix", fix}});
  return json::object();
}

json Requests::notice_list(const json& request) {
  fields_of(request).end();
  return notices_.list();
}

json Requests::version(const json& request) {
  fields_of(request).end();
  return {{"version", XESP_VERSION}, {"protocol", control::kProtocolVersion}, {"engine", engine_.description()}};
}

}  // namespace xesp
