// SPDX-License-Identifier: Apache-2.0
#include "control/protocol.h"

#include <openssl/crypto.h>

namespace xesp::control {

using nlohmann::json;

json answer_with(json result) {
  return {{"v", kProtocolVersion}, {"ok", true}, {"result", std::move(result)}};
}

json answer_with(const Error& error) {
  return {{"v", kProtocolVersion},
          {"ok", false},
          {"error", {{"code", static_cast<int>(error.code())}, {"text", error.what()}}}};
}

json request_of(std::string_view line) {
  bool deep = false;
  const auto shallow = [&](int depth, json::parse_event_t, json&) {
    deep = deep || depth > kMaxRequestDepth;
    return depth <= kMaxRequestDepth;
  };
  json request = json::parse(line, shallow, false);
  if (deep)
    throw Error(ErrorCode::kData, "the request is nested deeper than " + std::to_string(kMaxRequestDepth) + " levels");
  if (request.is_discarded()) throw Error(ErrorCode::kData, "the request is not JSON");
  return request;
}

json result_of(json answer) {
  if (!answer.is_object() || answer.value("v", 0) != kProtocolVersion || !answer.contains("ok"))
    throw Error(ErrorCode::kData, "xespd answered in another protocol version: install xesp and xespd of one version");
  if (answer["ok"] == true) return std::move(answer["result"]);
  const json error = answer.value("error", json::object());
  throw Error(static_cast<ErrorCode>(error.value("code", static_cast<int>(ErrorCode::kSoftware))),
              error.value("text", std::string("xespd refused without a reason")));
}

void wipe_strings(json& value) noexcept {
  // By its own containers: json's iterators may throw.
  if (auto* text = value.get_ptr<json::string_t*>()) {
    OPENSSL_cleanse(text->data(), text->size());
  } else if (auto* items = value.get_ptr<json::array_t*>()) {
    for (json& inner : *items) wipe_strings(inner);
  } else if (auto* members = value.get_ptr<json::object_t*>()) {
    for (auto& [name, inner] : *members) wipe_strings(inner);
  }
}

}  // namespace xesp::control
