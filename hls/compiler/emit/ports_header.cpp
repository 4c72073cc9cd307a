// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <sstream>

#include "emit.h"

namespace xhls {

std::string emit_ports_header(const Module& top) {
  std::ostringstream os;
  std::string macro = top.name;
  std::transform(macro.begin(), macro.end(), macro.begin(), [](unsigned char c) { return std::toupper(c); });
  os << "// Made by xhls. The streams of " << top.name << ": IN(name, width) and OUT(name, width).\n"
     << "#define " << macro << "_PORTS(IN, OUT)";
  for (const Stream& s : top.net.streams)
    os << " \\\n  " << (s.input ? "IN(" : "OUT(") << s.name << ", " << s.width << ")";
  os << '\n';
  return os.str();
}

}  // namespace xhls
