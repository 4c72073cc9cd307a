// SPDX-License-Identifier: Apache-2.0
#include "names.h"

#include <cctype>
#include <cstdio>

namespace xesp::abigen {

std::string sv_name(const std::string& constant) {
  std::string name;
  for (size_t i = 1; i < constant.size(); ++i) {  // without the leading k
    const auto c = static_cast<unsigned char>(constant[i]);
    if (i > 1 && std::isupper(c)) name += '_';
    name += static_cast<char>(std::toupper(c));
  }
  return name;
}

std::string upper(const std::string& text) {
  std::string name;
  for (char c : text) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string hex(uint64_t value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

}  // namespace xesp::abigen
