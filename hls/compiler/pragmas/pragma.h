// SPDX-License-Identifier: Apache-2.0
//
// One `#pragma HLS` line as it stands in a source.
#ifndef XHLS_PRAGMAS_PRAGMA_H
#define XHLS_PRAGMAS_PRAGMA_H

#include <map>
#include <string>
#include <vector>

#include "diag.h"

namespace xhls {

struct Pragma {
  Loc loc;
  std::string name;                            // upper case
  std::vector<std::string> words;              // what stands without '=', in lower case
  std::map<std::string, std::string> options;  // key=value; keys and values in lower case, but for variable= and port=
};

std::vector<Pragma> scan_pragmas(const std::string& file);

}  // namespace xhls

#endif
