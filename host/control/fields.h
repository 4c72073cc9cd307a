// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CONTROL_FIELDS_H
#define XESP_CONTROL_FIELDS_H

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace xesp::control {

/// Reads a JSON object field by field and refuses what is missing, of another type, out of range or unknown. All errors
/// are Error(kData) and name the field as "where.name".
class Fields {
 public:
  Fields(const nlohmann::json& object, std::string where);

  bool has(const char* name);
  std::string text(const char* name);
  std::string text(const char* name, const std::string& otherwise);
  uint64_t number(const char* name, uint64_t most);
  uint64_t number(const char* name, uint64_t most, uint64_t otherwise);
  bool flag(const char* name, bool otherwise);
  /// One of several words, as its place in the list.
  size_t choice(const char* name, std::initializer_list<const char*> words);
  const nlohmann::json& object(const char* name);

  /// Call last: refuses fields that nobody asked for, so that a misspelt one is not passed over.
  void end() const;

 private:
  const nlohmann::json& get(const char* name);
  std::string path(const std::string& name) const { return where_.empty() ? name : where_ + "." + name; }

  const nlohmann::json& object_;
  std::string where_;
  std::set<std::string> known_;
};

}  // namespace xesp::control
#endif
