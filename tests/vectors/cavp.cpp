// SPDX-License-Identifier: Apache-2.0
#include "cavp.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace xesp::test {
namespace {

std::vector<uint8_t> from_hex(const std::string& text, const std::string& where) {
  if (text.size() % 2 != 0) throw std::runtime_error(where + ": an odd number of hex digits");
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    size_t used = 0;
    const unsigned long v = std::stoul(text.substr(i, 2), &used, 16);
    if (used != 2) throw std::runtime_error(where + ": not hex");
    bytes.push_back(static_cast<uint8_t>(v));
  }
  return bytes;
}

}  // namespace

std::vector<CavpCase> read_cavp(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("can't read " + file);
  std::vector<CavpCase> cases;
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty() || line[0] == '#' || line[0] == '[') continue;
    const std::string where = std::filesystem::path(file).filename().string() + ":" + std::to_string(number);
    if (line == "FAIL") {
      cases.back().fails = true;
      continue;
    }
    const size_t equals = line.find('=');
    if (equals == std::string::npos) throw std::runtime_error(where + ": not NAME = VALUE");
    const std::string name = line.substr(0, equals - 1);
    const std::string value = equals + 2 <= line.size() ? line.substr(equals + 2) : "";
    if (name == "Count") {
      cases.push_back({});
      cases.back().where = where;
      continue;
    }
    if (cases.empty()) throw std::runtime_error(where + ": a value before the first Count");
    CavpCase& c = cases.back();
    std::vector<uint8_t>* const field = name == "Key"   ? &c.key
                                        : name == "IV"  ? &c.iv
                                        : name == "AAD" ? &c.aad
                                        : name == "PT"  ? &c.plain
                                        : name == "CT"  ? &c.cipher
                                        : name == "Tag" ? &c.tag
                                                        : nullptr;
    if (field == nullptr) throw std::runtime_error(where + ": unknown name " + name);
    *field = from_hex(value, where);
  }
  return cases;
}

std::string cavp_folder() {
  const std::string folder = "/usr/lib/python3/dist-packages/cryptography_vectors/ciphers/AES/GCM/";
  if (!std::filesystem::is_directory(folder))
    throw std::runtime_error("the NIST vectors are missing: apt-get install python3-cryptography-vectors");
  return folder;
}

}  // namespace xesp::test
