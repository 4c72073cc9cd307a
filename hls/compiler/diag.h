// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_DIAG_H
#define XHLS_DIAG_H

#include <stdexcept>
#include <string>

namespace xhls {

// A place in the kernel's source. `file` is as clang was given it.
struct Loc {
  std::string file;
  unsigned line = 0;

  // --prefix-map: a folder, with a slash at its end, that str() leaves out, so that what is printed does not depend on
  // where the sources lie. Set once, by main().
  static inline std::string prefix;

  bool known() const { return line != 0; }
  std::string str() const {
    const std::string name = file.starts_with(prefix) ? file.substr(prefix.size()) : file;
    return known() ? name + ":" + std::to_string(line) : name;
  }
};

// The source leaves the subset. Thrown from anywhere, printed by main() as "error: file:line: rule".
class Reject : public std::runtime_error {
 public:
  Reject(const Loc& loc, const std::string& rule)
      : std::runtime_error(loc.file.empty() ? rule : loc.str() + ": " + rule) {}
};

}  // namespace xhls

#endif
