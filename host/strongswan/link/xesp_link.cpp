// SPDX-License-Identifier: GPL-2.0-or-later
#include "link/xesp_link.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "control/client.h"
#include "xesp/error.h"

using nlohmann::json;
using xesp::Error;
using xesp::ErrorCode;
using xesp::control::Client;

struct xesp_link {
  std::string socket;
  std::mutex mutex;
  std::unique_ptr<Client> client;  // connected with the first call

  std::mutex stop_mutex;
  std::condition_variable stopping;
  bool stopped = false;
};

namespace {

constexpr uint8_t kAh = 51;
constexpr auto kConnectAgain = std::chrono::seconds(1);
constexpr int kStopNoticedMs = 300;

void say(xesp_why* why, const char* text) {
  if (why == nullptr) return;
  std::strncpy(why->text, text, sizeof why->text - 1);
  why->text[sizeof why->text - 1] = 0;
}

bool went_away(const Error& e) {
  return e.code() == ErrorCode::kIo || e.code() == ErrorCode::kUnavailable;
}

/// One request. A connection that has ended, as after a restart of xespd, is made anew once; `make` is asked each time,
/// for a request is wiped when it has been sent.
xesp_status ask(xesp_link* link, const char* what, const std::function<json()>& make, xesp_why* why,
                json* result = nullptr) {
  const std::lock_guard lock(link->mutex);
  for (bool again = link->client != nullptr;; again = false) {
    try {
      if (!link->client) link->client = std::make_unique<Client>(link->socket);
      json answer = link->client->call(what, make());
      if (result != nullptr) *result = std::move(answer);
      return XESP_OK;
    } catch (const Error& e) {
      say(why, e.what());
      if (e.code() == ErrorCode::kNotFound) return XESP_NOT_FOUND;
      if (!went_away(e)) return XESP_REFUSED;
      link->client.reset();
      if (!again) return XESP_AWAY;
    } catch (const std::exception& e) {
      say(why, e.what());
      link->client.reset();
      return XESP_REFUSED;
    }
  }
}

std::string hex(xesp_bytes bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 + 2 * bytes.length);  // never moved: no copy of a key is left behind
  text += "0x";
  for (size_t i = 0; i < bytes.length; ++i) {
    text += digits[bytes.at[i] >> 4];
    text += digits[bytes.at[i] & 15];
  }
  return text;
}

json name_of(const xesp_sa_id& id) {
  return {{"src", id.src}, {"dst", id.dst}, {"proto", id.proto == kAh ? "ah" : "esp"}, {"spi", id.spi}};
}

/// A name may be told with an older source address than the SA has by now; destination, protocol and SPI are enough.
json short_name_of(const xesp_sa_id& id) {
  json name = name_of(id);
  name.erase("src");
  return name;
}

json selector_of(const xesp_selector& s) {
  json object = {{"src", s.src}, {"dst", s.dst}, {"proto", s.proto}};
  if (s.sport != 0) object["sport"] = s.sport;
  if (s.dport != 0) object["dport"] = s.dport;
  return object;
}

json encap_of(xesp_udp_ports ports) {
  return {{"src_port", ports.src}, {"dst_port", ports.dst}};
}

void add_suite(json& object, const xesp_suite& suite) {
  if (suite.aead != nullptr) {
    object["aead"] = {{"name", suite.aead}, {"icv_bits", suite.icv_bits}};
    object["aead"]["key"] = hex(suite.key);
    return;
  }
  if (suite.enc != nullptr) object["enc"] = {{"name", suite.enc}};
  if (suite.key.length != 0) object["enc"]["key"] = hex(suite.key);
  object["auth"] = {{"name", suite.auth}, {"icv_bits", suite.icv_bits}};
  object["auth"]["key"] = hex(suite.auth_key);
}

json limits_of(const xesp_limits& l) {
  json object = json::object();
  const auto add = [&](const char* name, uint64_t value) {
    if (value != 0) object[name] = value;
  };
  add("soft_seconds", l.soft_seconds);
  add("hard_seconds", l.hard_seconds);
  add("soft_bytes", l.soft_bytes);
  add("hard_bytes", l.hard_bytes);
  add("soft_packets", l.soft_packets);
  add("hard_packets", l.hard_packets);
  return object;
}

json sa_of(const xesp_sa& sa) {
  json object = name_of(sa.id);
  object["dir"] = sa.inbound ? "in" : "out";
  object["mode"] = sa.tunnel ? "tunnel" : "transport";
  object["reqid"] = sa.reqid;
  object["esn"] = sa.esn;
  if (sa.inbound) object["replay_window"] = sa.replay_window;
  if (json limits = limits_of(sa.limits); !limits.empty()) object["limits"] = std::move(limits);
  if (sa.encap.src != 0) object["encap"] = encap_of(sa.encap);
  if (sa.tfc_pad != 0) object["tfc_pad"] = sa.tfc_pad;
  object["ecn"] = sa.copy_ecn;
  if (sa.tunnel) object["df"] = sa.copy_df ? "copy" : "clear";
  if (sa.tunnel && !sa.inbound && !sa.copy_dscp_out) object["tos"] = 0;
  if (sa.tunnel && sa.inbound && sa.copy_dscp_in) object["decap_dscp"] = true;
  if (sa.has_selector) object["sel"] = selector_of(sa.selector);
  object["offload"] = sa.offload;
  add_suite(object, sa.suite);
  return object;
}

json policy_name_of(const xesp_policy& policy) {
  return {{"dir", policy.inbound ? "in" : "out"}, {"sel", selector_of(policy.selector)}};
}

json policy_of(const xesp_policy& policy) {
  json object = policy_name_of(policy);
  static constexpr const char* kActions[] = {"protect", "bypass", "discard"};
  object["action"] = kActions[policy.action];
  if (policy.action == XESP_PROTECT)
    object["tmpl"] = {{"src", policy.src},
                      {"dst", policy.dst},
                      {"proto", policy.proto == kAh ? "ah" : "esp"},
                      {"reqid", policy.reqid},
                      {"mode", policy.tunnel ? "tunnel" : "transport"}};
  return object;
}

// ---- events ---------------------------------------------------------------------------------------------------------

template <size_t kSize>
void copy_text(char (&to)[kSize], const std::string& text) {
  std::strncpy(to, text.c_str(), kSize - 1);
  to[kSize - 1] = 0;
}

void read_name(const json& sa, xesp_sa_id& id) {
  copy_text(id.src, sa.value("src", ""));
  copy_text(id.dst, sa.value("dst", ""));
  id.proto = sa.value("proto", "") == "ah" ? kAh : 50;
  id.spi = sa.value("spi", 0u);
}

void read_selector(const json& object, xesp_selector& selector) {
  copy_text(selector.src, object.value("src", ""));
  copy_text(selector.dst, object.value("dst", ""));
  selector.proto = object.value("proto", uint8_t{0});
  selector.sport = object.value("sport", uint16_t{0});
  selector.dport = object.value("dport", uint16_t{0});
}

/// Nothing if charon has nothing to do about it.
std::optional<xesp_event> event_of(const json& event) {
  xesp_event out{};
  const std::string what = event.value("event", "");
  if (what == "limit" && event.contains("sa")) {
    out.kind = event.value("limit", "") == "hard" ? XESP_EVENT_HARD : XESP_EVENT_SOFT;
    read_name(event["sa"], out.id);
    return out;
  }
  if (what == "acquire" && event.contains("policy")) {
    out.kind = XESP_EVENT_ACQUIRE;
    read_selector(event["policy"].value("sel", json::object()), out.selector);
    read_selector(event.value("packet", json::object()), out.packet);
    return out;
  }
  if (what == "lost") {
    out.kind = XESP_EVENT_LOST;
    out.why = "xespd has left events out, for charon was too slow";
    return out;
  }
  return std::nullopt;
}

using Tell = void (*)(void* user, const xesp_event* event);

bool stopped(xesp_link* link) {
  const std::lock_guard lock(link->stop_mutex);
  return link->stopped;
}

/// True if told to stop meanwhile.
bool pause_before_next(xesp_link* link) {
  std::unique_lock lock(link->stop_mutex);
  return link->stopping.wait_for(lock, kConnectAgain, [link] { return link->stopped; });
}

void follow_once(xesp_link* link, Tell tell, void* user) {
  Client client(link->socket);
  client.call("monitor");
  xesp_event connected{};
  connected.kind = XESP_EVENT_CONNECTED;
  tell(user, &connected);
  while (!stopped(link)) {
    if (!client.await_event(kStopNoticedMs)) continue;
    if (const auto event = event_of(client.next_event())) tell(user, &*event);
  }
}

}  // namespace

xesp_link* xesp_link_create(const char* socket_path) {
  auto* link = new xesp_link;
  link->socket = socket_path;
  return link;
}

void xesp_link_destroy(xesp_link* link) {
  delete link;
}

xesp_status xesp_reserve_spi(xesp_link* link, xesp_sa_id* id, xesp_why* why) {
  json result;
  const auto make = [&] {
    json request = name_of(*id);
    request.erase("spi");
    return request;
  };
  const xesp_status status = ask(link, "state.reserve", make, why, &result);
  if (status == XESP_OK) id->spi = result.value("spi", 0u);
  return status;
}

xesp_status xesp_add_sa(xesp_link* link, const xesp_sa* sa, xesp_why* why) {
  return ask(
      link, "state.add",
      [&] {
        return json{{"sa", sa_of(*sa)}};
      },
      why);
}

xesp_status xesp_move_sa(xesp_link* link, const xesp_sa_id* id, const char* new_src, const char* new_dst,
                         xesp_udp_ports encap, uint32_t reqid, xesp_why* why) {
  const auto make = [&] {
    json request = {{"sa", short_name_of(*id)}, {"new_src", new_src}, {"new_dst", new_dst}};
    if (encap.src != 0) request["encap"] = encap_of(encap);
    if (reqid != 0) request["reqid"] = reqid;
    return request;
  };
  return ask(link, "state.move", make, why);
}

xesp_status xesp_delete_sa(xesp_link* link, const xesp_sa_id* id, xesp_why* why) {
  return ask(
      link, "state.delete",
      [&] {
        return json{{"sa", short_name_of(*id)}};
      },
      why);
}

xesp_status xesp_query_sa(xesp_link* link, const xesp_sa_id* id, xesp_usage* usage, xesp_why* why) {
  json row;
  const xesp_status status = ask(
      link, "state.get",
      [&] {
        return json{{"sa", short_name_of(*id)}};
      },
      why, &row);
  if (status == XESP_OK) *usage = {row.value("bytes", uint64_t{0}), row.value("packets", uint64_t{0})};
  return status;
}

xesp_status xesp_set_policy(xesp_link* link, const xesp_policy* policy, xesp_why* why) {
  return ask(
      link, "policy.add",
      [&] {
        return json{{"policy", policy_of(*policy)}, {"replace", true}};
      },
      why);
}

xesp_status xesp_delete_policy(xesp_link* link, const xesp_policy* policy, xesp_why* why) {
  return ask(
      link, "policy.delete",
      [&] {
        return json{{"policy", policy_name_of(*policy)}};
      },
      why);
}

xesp_status xesp_add_notice(xesp_link* link, const char* peer, const char* kind, const char* text, const char* fix) {
  const auto make = [&] { return json{{"notice", {{"peer", peer}, {"kind", kind}, {"text", text}, {"fix", fix}}}}; };
  return ask(link, "notice.add", make, nullptr);
}

void xesp_link_follow(xesp_link* link, Tell tell, void* user) {
  bool told_away = false;  // once for each time that it is away
  while (!stopped(link)) {
    try {
      follow_once(link, tell, user);
      return;
    } catch (const std::exception& e) {
      xesp_event lost{};
      lost.kind = XESP_EVENT_LOST;
      lost.why = e.what();
      if (!told_away) tell(user, &lost);
      const auto* error = dynamic_cast<const Error*>(&e);
      told_away = error != nullptr && error->code() == ErrorCode::kUnavailable;
    }
    if (pause_before_next(link)) return;
  }
}

void xesp_link_stop(xesp_link* link) {
  {
    const std::lock_guard lock(link->stop_mutex);
    link->stopped = true;
  }
  link->stopping.notify_all();
}
