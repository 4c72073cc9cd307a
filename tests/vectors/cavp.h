// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_VECTORS_CAVP_H
#define XESP_TESTS_VECTORS_CAVP_H

#include <cstdint>
#include <string>
#include <vector>

namespace xesp::test {

/// One case of a NIST CAVP GCM response file.
struct CavpCase {
  std::string where;  ///< file and line, for failed tests
  std::vector<uint8_t> key, iv, aad, plain, cipher, tag;
  bool fails = false;  ///< decryption must refuse it; `plain` is empty
};

/// @throws std::runtime_error naming file and line when it can't be read or a line is not of the format.
std::vector<CavpCase> read_cavp(const std::string& file);

/// Folder of Debian's python3-cryptography-vectors. @throws std::runtime_error that says which package is missing.
std::string cavp_folder();

}  // namespace xesp::test
#endif
