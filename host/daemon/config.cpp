// SPDX-License-Identifier: Apache-2.0
#include "config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace xesp {

namespace {

std::optional<std::string> text_of(const toml::node& value) {
  if (const auto text = value.value_exact<std::string>()) return text;
  if (const auto number = value.value_exact<int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

struct Source {
  std::string text;
  unsigned wrong_line = 0;  ///< the first one that is not ASCII outside of comments; 0: none
};

// A file's text with comments made ASCII. toml++ 3.3 runs into undefined behaviour on some letters outside of strings
// (is_non_ascii_horizontal_whitespace() of U+00A1 and up), and no setting needs one.
Source ascii_of(std::string text) {
  Source source{std::move(text)};
  unsigned line = 1;
  char quote = 0;
  bool comment = false, escaped = false;
  for (char& c : source.text) {
    if (c == '\n') {
      ++line;
      quote = 0;
      comment = escaped = false;
      continue;
    }
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (!ascii && !comment && source.wrong_line == 0) source.wrong_line = line;
    if (!ascii) c = '?';
    if (comment) continue;
    if (quote == 0) {
      if (c == '#') comment = true;
      if (c == '"' || c == '\'') quote = c;
    } else if (escaped) {
      escaped = false;
    } else if (c == quote) {
      quote = 0;
    } else {
      escaped = c == '\\' && quote == '"';
    }
  }
  return source;
}

}  // namespace

std::vector<Setting> read_settings(const std::string& path, std::vector<Error>& errors) {
  std::vector<Setting> settings;
  const auto where = [&](const toml::source_region& at) { return path + ", line " + std::to_string(at.begin.line); };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const Source source = ascii_of({std::istreambuf_iterator<char>(file), {}});
  if (!file) {
    errors.emplace_back(ErrorCode::kNoInput, path + ": can't be read: " + errno_text(errno == 0 ? EIO : errno));
    return settings;
  }
  if (source.wrong_line != 0) {
    errors.emplace_back(ErrorCode::kData, path + ", line " + std::to_string(source.wrong_line) +
                                              ": only comments may hold other letters than ASCII's");
    return settings;
  }
  toml::table table;
  try {
    table = toml::parse(source.text, path);
  } catch (const toml::parse_error& e) {
    errors.emplace_back(ErrorCode::kData,
                        where(e.source()) + ": " + std::string(e.description()) + ": correct the TOML");
    return settings;
  }
  for (const auto& [name, value] : table) {
    const std::string key(name.str());
    Setting s{key, {}, false, where(value.source()), value.source().begin.line};
    if (key == "config" || key == "config_dir") {
      errors.emplace_back(ErrorCode::kData, s.where + ": a file can't name another one, remove '" + key + "'");
    } else if (key == "log" && value.is_table()) {
      for (const auto& [subsystem, level] : *value.as_table()) {
        const std::string at = where(level.source());
        const auto text = level.value_exact<std::string>();
        if (text)
          settings.push_back({key, std::string(subsystem.str()) + "=" + *text, false, at, level.source().begin.line});
        else
          errors.emplace_back(ErrorCode::kData, at + ": log." + std::string(subsystem.str()) +
                                                    " must be a level in quotes, such as \"debug\"");
      }
    } else if (const std::optional<bool> on = value.value_exact<bool>()) {
      s.value = *on ? "true" : "false";
      s.is_switch = true;
      settings.push_back(std::move(s));
    } else if (auto text = text_of(value)) {
      s.value = std::move(*text);
      settings.push_back(std::move(s));
    } else {
      errors.emplace_back(ErrorCode::kData, s.where + ": " + key + " must be a string or a number");
    }
  }
  std::ranges::stable_sort(settings, {}, &Setting::line);
  return settings;
}

std::vector<std::string> config_files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

}  // namespace xesp
