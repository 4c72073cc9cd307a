// SPDX-License-Identifier: Apache-2.0
//
// The pragmas of a file, as text: clang drops those that it does not know.
#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>

#include "pragma.h"

namespace xhls {

namespace {

std::string upper(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return std::toupper(c); });
  return s;
}
std::string lower(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return std::tolower(c); });
  return s;
}

}  // namespace

std::vector<Pragma> scan_pragmas(const std::string& file) {
  std::vector<Pragma> pragmas;
  std::ifstream in(file);
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    const unsigned first = number;
    while (!line.empty() && line.back() == '\\') {
      std::string more;
      if (!std::getline(in, more)) break;
      ++number;
      line.back() = ' ';
      line += more;
    }
    const size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') continue;
    line = line.substr(0, line.find("//"));
    std::istringstream words(line.substr(hash + 1));
    std::string word;
    if (!(words >> word) || word != "pragma" || !(words >> word) || upper(word) != "HLS") continue;
    Pragma p;
    p.loc = {file, first};
    words >> p.name;
    p.name = upper(p.name);
    // "a = b" and "a=b" are the same.
    std::string rest((std::istreambuf_iterator<char>(words)), {}), tight;
    for (size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == '=') {
        while (!tight.empty() && std::isspace(static_cast<unsigned char>(tight.back()))) tight.pop_back();
        tight += '=';
        while (i + 1 < rest.size() && std::isspace(static_cast<unsigned char>(rest[i + 1]))) ++i;
      } else {
        tight += rest[i];
      }
    }
    std::istringstream tokens(tight);
    while (tokens >> word) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos) {
        p.words.push_back(lower(word));
      } else {
        const std::string key = lower(word.substr(0, equals)), value = word.substr(equals + 1);
        p.options[key] = key == "variable" || key == "port" ? value : lower(value);
      }
    }
    pragmas.push_back(std::move(p));
  }
  return pragmas;
}

}  // namespace xhls
