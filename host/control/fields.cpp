// SPDX-License-Identifier: Apache-2.0
#include "control/fields.h"

#include "xesp/error.h"

namespace xesp::control {

using nlohmann::json;

Fields::Fields(const json& object, std::string where) : object_(object), where_(std::move(where)) {
  if (!object_.is_object())
    throw Error(ErrorCode::kData, (where_.empty() ? "the request" : where_) + " must be a JSON object");
}

bool Fields::has(const char* name) {
  known_.insert(name);
  return object_.contains(name);
}

const json& Fields::get(const char* name) {
  if (!has(name)) throw Error(ErrorCode::kData, path(name) + " is missing");
  return object_.at(name);
}

std::string Fields::text(const char* name) {
  const json& value = get(name);
  if (!value.is_string()) throw Error(ErrorCode::kData, path(name) + " must be a string");
  return value.get<std::string>();
}

std::string Fields::text(const char* name, const std::string& otherwise) {
  return has(name) ? text(name) : otherwise;
}

uint64_t Fields::number(const char* name, uint64_t most) {
  const json& value = get(name);
  const bool whole = value.is_number_unsigned() || (value.is_number_integer() && value.get<int64_t>() >= 0);
  if (!whole || value.get<uint64_t>() > most)
    throw Error(ErrorCode::kData, path(name) + " must be a whole number from 0 to " + std::to_string(most));
  return value.get<uint64_t>();
}

uint64_t Fields::number(const char* name, uint64_t most, uint64_t otherwise) {
  return has(name) ? number(name, most) : otherwise;
}

bool Fields::flag(const char* name, bool otherwise) {
  if (!has(name)) return otherwise;
  const json& value = get(name);
  if (!value.is_boolean()) throw Error(ErrorCode::kData, path(name) + " must be true or false");
  return value.get<bool>();
}

size_t Fields::choice(const char* name, std::initializer_list<const char*> words) {
  const std::string given = text(name);
  std::string all;
  size_t place = 0;
  for (const char* word : words) {
    if (given == word) return place;
    all += (place++ ? ", " : "") + std::string(word);
  }
  throw Error(ErrorCode::kData, path(name) + " must be one of: " + all);
}

const json& Fields::object(const char* name) {
  return get(name);
}

void Fields::end() const {
  for (const auto& [name, value] : object_.items())
    if (!known_.contains(name))
      throw Error(ErrorCode::kData, path(name) + " is not known: remove it or check its spelling");
}

}  // namespace xesp::control
